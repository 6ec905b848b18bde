import { describe, expect, it } from "vitest";
import { fold, layOut } from "./layout";

const laid = (text: string) =>
  layOut(text)
    .map((piece) => piece.text)
    .join("");

const SAMPLES = [
  '{"city":"Paris","units":["C","F"],"deep":{"a":{},"b":[],"c":-1.5e3},"yes":true,"no":null}',
  ' { "text" : "a \\"quoted\\" word, {brackets} and \\u00e9: all of it" , "n":[[1,2],[3]] } ',
  '[{"a":1},{"a":2}]',
  '"only a text"',
  "-0.5",
  "{}",
];

describe("JSON on lines", () => {
  it("writes a member a line, and nothing between empty brackets", () => {
    expect(laid('{"a":[1,{"b":"x"}],"c":{},"d":[]}')).toBe(
      '{\n  "a": [\n    1,\n    {\n      "b": "x"\n    }\n  ],\n  "c": {},\n  "d": []\n}',
    );
  });

  it.each(SAMPLES)("means the same as %s", (text) => {
    expect(JSON.parse(laid(text))).toEqual(JSON.parse(text));
  });

  it.each(SAMPLES)("does not move what stands there when more comes of %s", (text) => {
    const whole = laid(text);
    for (let end = 0; end <= text.length; end++) {
      expect(whole.startsWith(laid(text.slice(0, end)))).toBe(true);
      expect(layOut(text.slice(0, end)).some(({ kind }) => kind === "odd")).toBe(false);
    }
  });

  it("tells keys from values", () => {
    const kinds = layOut('{"a":"b","c":[true,2]}')
      .filter(({ kind }) => kind !== "space" && kind !== "sign")
      .map(({ kind, text }) => `${kind} ${text}`);
    expect(kinds).toEqual(['key "a"', 'string "b"', 'key "c"', "literal true", "number 2"]);
  });

  it.each([
    "get_weather(city='Paris')",
    '{"a": undefined}',
    "{'a': 1}",
    '"a\nb"',
    "}}]",
    "trueish",
    "\u0000",
  ])("keeps what is no JSON as it came: %j", (text) => {
    expect(laid(text).replace(/\s/g, "")).toBe(text.replace(/\s/g, ""));
  });

  it("folds by lines and by characters", () => {
    const pieces = layOut('{"a":1,"b":2,"c":3}');
    expect(fold(pieces, 9, 999)).toEqual({ shown: pieces, folded: false });
    const lines = fold(pieces, 2, 999);
    expect(lines.shown.map(({ text }) => text).join("")).toBe('{\n  "a": 1,');
    expect(lines.folded).toBe(true);
    const long = layOut(`{"a":"${"x".repeat(50)}"}`);
    expect(
      fold(long, 9, 20)
        .shown.map(({ text }) => text)
        .join(""),
    ).toHaveLength(20);
    expect(fold(long, 9, 20).folded).toBe(true);
  });
});
