import { describe, expect, it } from "vitest";
import {
  hasTerm,
  isUnfinished,
  quoted,
  termValue,
  tokensOf,
  withoutKeys,
  withoutTerm,
  withTerm,
} from "./terms";
import { completed } from "./useCompletion";

describe("the terms of a filter", () => {
  it("stand where they are written", () => {
    const text = 'groq  -model:"a b" status:>=400 http://x';
    expect(tokensOf(text).map(({ key, value, negated }) => [key, value, negated])).toEqual([
      [null, "groq", false],
      ["model", "a b", true],
      ["status", ">=400", false],
      [null, "http://x", false],
    ]);
    for (const token of tokensOf(text)) expect(text.slice(token.from, token.to)).toBe(token.text);
    expect(tokensOf(text)[1]?.valueFrom).toBe(text.indexOf('"a b"'));
  });
  it("keep blanks inside of quotes, also of quotes that do not end", () => {
    expect(tokensOf('tag:"night \\" shift').map((token) => token.text)).toEqual(['tag:"night \\" shift']);
    expect(tokensOf("-").map(({ negated, value }) => [negated, value])).toEqual([[false, "-"]]);
  });
  it("are quoted where the value would mean something else", () => {
    for (const plain of ["groq/llama-3.3-70b", "c_1m8", "429"]) expect(quoted(plain)).toBe(plain);
    for (const odd of ["two words", "a,b", ">2", "-x", "*", "1..2", "", 'say "hi"'])
      expect(tokensOf(`key:${quoted(odd)}`)[0]?.value).toBe(odd);
    expect(quoted('say "hi"')).toBe('"say \\"hi\\""');
  });
  it("take the place of another value of the same single key, and of their opposite", () => {
    expect(withTerm("stones model:a -model:b", "model", "c")).toBe("stones -model:b model:c");
    expect(withTerm("model:a", "model", "a", true)).toBe("-model:a");
    expect(withTerm("finding:a", "finding", "b")).toBe("finding:a finding:b");
    expect(withTerm("finding:a", "finding", "a")).toBe("finding:a");
  });
  it("are taken away by key or by value", () => {
    expect(withoutKeys("since:1h is:failed until:1m", "since", "until")).toBe("is:failed");
    expect(withoutTerm("is:failed is:live", "is", "live")).toBe("is:failed");
    expect(hasTerm("-is:live", "is", "live")).toBe(false);
    expect(termValue("since:1h since:2h", "since")).toBe("2h");
  });
  it("are unfinished while they are written", () => {
    for (const text of ["model:", "status:>=", "-", 'tag:"ni'])
      expect(isUnfinished(text, text.length)).toBe(true);
    expect(isUnfinished("model: ", 7)).toBe(false);
    expect(isUnfinished("model:a", 7)).toBe(false);
  });
});

describe("a completion", () => {
  it("goes where the server says, with the caret behind it", () => {
    const words = { words: [], from: 0, to: 2 };
    expect(completed("mo", words, { text: "model:", kind: "key", count: null, hint: null })).toEqual({
      text: "model:",
      caret: 6,
    });
    const value = { text: "a/b", kind: "value" as const, count: 3, hint: null };
    expect(completed("model:a", { ...words, from: 6, to: 7 }, value)).toEqual({
      text: "model:a/b ",
      caret: 10,
    });
    expect(completed("model:a is:live", { ...words, from: 6, to: 7 }, value)).toEqual({
      text: "model:a/b is:live",
      caret: 10,
    });
  });
});
