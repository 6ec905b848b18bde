// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the variables of a configuration are what is tested
import { describe, expect, it } from "vitest";
import type { Verdict } from "../../../api/types";
import { byLine, firstLine, linesOf, stepFrom, underlined } from "./verdicts";
import { type Token, tokenLines } from "./yaml";

const short = (tokens: Token[]) =>
  tokens.filter((token) => token.text.trim()).map((token) => `${token.kind}:${token.text.trim()}`);
const one = (line: string) => short(tokenLines([line])[0] ?? []);

function verdict(level: Verdict["level"], line: number, column = 1, length = 1): Verdict {
  return { level, code: "unknown-key", message: "", line, column, length, path: null };
}

describe("YAML in colours", () => {
  it("gives back every letter", () => {
    const lines = [
      'version: "1.3.13" # why',
      "    - {name: 'It''s', models: {default: [a, b, \"c\"]}, n: 1.5}",
      "key: |",
      "  text: of a block # no comment",
      "",
      "  more",
      'open: "two',
      '  lines" ',
      "a: &x [*y, !!str z]",
      "?: odd: {{ [",
      "\t- tab",
      "url: https://host:8080/v1#part",
      "${A}-${B}",
      "emoji: 😀 # 😀",
    ];
    const tokens = tokenLines(lines);
    expect(tokens.map((line) => line.map((token) => token.text).join(""))).toEqual(lines);
  });

  it.each([
    ['apiKey: "${KEY}"', ["key:apiKey", "sign::", 'string:"', "variable:${KEY}", 'string:"']],
    ["- name: DeepSeek", ["sign:-", "key:name", "sign::", "string:DeepSeek"]],
    ["fetch: true", ["key:fetch", "sign::", "number:true"]],
    ["version: 1.3.13", ["key:version", "sign::", "string:1.3.13"]],
    ["# a: b", ["comment:# a: b"]],
    ["url: http://h:1/v1#x # c", ["key:url", "sign::", "string:http://h:1/v1#x", "comment:# c"]],
    [
      "m: { default: [a, 2] }",
      [
        "key:m",
        "sign::",
        "sign:{",
        "key:default",
        "sign::",
        "sign:[",
        "string:a",
        "sign:,",
        "number:2",
        "sign:]",
        "sign:}",
      ],
    ],
  ])("knows the parts of %s", (line, parts) => {
    expect(one(line)).toEqual(parts);
  });

  it("takes a block's lines for text until the indentation ends", () => {
    const [, inner, , after] = tokenLines(["a: |", "  b: c", "", "d: e"]);
    expect(short(inner ?? [])).toEqual(["string:b: c"]);
    expect(short(after ?? [])).toEqual(["key:d", "sign::", "string:e"]);
  });

  it("is quick with what was written to be slow", () => {
    const hostile = [`${"a ".repeat(20_000)}`, `${"[".repeat(20_000)}`, `"${"\\".repeat(20_001)}`];
    expect(tokenLines(hostile)).toHaveLength(3);
  });
});

describe("verdicts", () => {
  const some = [verdict("note", 3), verdict("warning", 9), verdict("error", 20), verdict("warning", 3, 5)];

  it("stand by their lines, the gravest first", () => {
    expect(
      byLine(some)
        .get(3)
        ?.map((each) => each.level),
    ).toEqual(["warning", "note"]);
  });

  it("name the line to look at first", () => {
    expect(firstLine(some)).toBe(20);
    expect(firstLine(some.slice(0, 2))).toBe(9);
    expect(firstLine(some.slice(0, 1))).toBeNull();
  });

  it("are walked in both directions, round the ends", () => {
    const lines = [20, 3, 9];
    expect(stepFrom(lines, null, 1)).toBe(3);
    expect(stepFrom(lines, 3, 1)).toBe(9);
    expect(stepFrom(lines, 20, 1)).toBe(3);
    expect(stepFrom(lines, 3, -1)).toBe(20);
    expect(stepFrom(lines, 12, -1)).toBe(9);
    expect(stepFrom([], 1, 1)).toBeNull();
  });

  it("underline letters, not halves of them", () => {
    expect(underlined(verdict("error", 1, 3, 4), "😀 name: x")).toEqual([3, 7]);
    expect(underlined(verdict("error", 1, 90, 4), "short")).toEqual([5, 5]);
  });

  it("count lines as an editor does", () => {
    expect(linesOf("a\r\nb\rc\n")).toEqual(["a", "b", "c"]);
    expect(linesOf("")).toEqual([""]);
  });
});
