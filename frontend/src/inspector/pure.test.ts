import { describe, expect, it } from "vitest";
import { type JsonNode, readJson, writeJson } from "../core/json";
import { asJson, countByVerdict, lostCount, ordered, placeOf, reasonOf } from "./decisions";
import { countSigns, type DiffLine, diffJson } from "./diff";
import { fineClock, percent, tickLabel } from "./figures";
import { partOf, sharesOf } from "./origins";
import type { Decision } from "./records";
import { messageBytes, savedBytes, toolBytes } from "./request/weights";
import { oneLine, piecesOf } from "./visible";

const json = (text: string): JsonNode => {
  const node = readJson(text);
  if (!node) throw new Error(`not JSON: ${text}`);
  return node;
};

describe("json", () => {
  it("keeps numbers and doubled keys as they were written", () => {
    const text = '{"seed":9007199254740993,"a":1.0,"a":1e3,"b":[true,null,"\\u00e9"]}';
    expect(writeJson(json(text))).toBe('{"seed":9007199254740993,"a":1.0,"a":1e3,"b":[true,null,"é"]}');
  });
  it.each(["", "{", "[1,]", "{'a':1}", "01", "1 2", '{"a":}', "nul", '"\n"'])("refuses %j", (text) => {
    expect(readJson(text)).toBeNull();
  });
  it("refuses what is nested without end instead of exhausting the stack", () => {
    expect(readJson("[".repeat(100_000))).toBeNull();
  });
  it("reads white space as JSON allows it", () => {
    expect(writeJson(json(' {\r\n\t"a" : [ ] , "b":{ } } '))).toBe('{"a":[],"b":{}}');
  });
});

describe("diff", () => {
  const show = (line: DiffLine) =>
    `${line.sign} ${line.wasKey ? `${line.wasKey}→` : ""}${line.key ?? line.bracket ?? ""}`;

  it("names what was lost, gained, changed and renamed, each in its place", () => {
    const asked = json('{"model":"deepseek/chat","temperature":0.7,"maxTokens":9,"user":"u"}');
    const sent = json('{"model":"chat","temperature":0.7,"max_tokens":9,"stream":true}');
    const lines = diffJson(asked, sent, { renamed: new Map([["maxTokens", "max_tokens"]]) });
    expect(lines.map(show)).toEqual([
      "  {",
      "~ model",
      "  temperature",
      "~ maxTokens→max_tokens",
      "− user",
      "+ stream",
      "  }",
    ]);
    expect(lines[1]?.was).toEqual({ kind: "string", value: "deepseek/chat" });
    expect(countSigns(lines)).toMatchObject({ "+": 1, "−": 1, "~": 2 });
  });
  it("keeps equal messages, and a system message before them is one that was added", () => {
    const asked = json('{"messages":[{"role":"user","content":"a"},{"role":"user","content":"b"}]}');
    const sent = json(
      '{"messages":[{"role":"system","content":"s"},{"role":"user","content":"a"},{"role":"user","content":"b"}]}',
    );
    const signs = diffJson(asked, sent).map((line) => line.sign);
    expect(signs).toEqual([" ", " ", "+", "+", "+", "+", " ", " ", " ", " "]);
  });
  it("shows a message that was rewritten as one that changed, inside", () => {
    const asked = json('[{"role":"user","content":"a"}]');
    const sent = json('[{"role":"user","content":"b"}]');
    const changed = diffJson(asked, sent).filter((line) => line.sign !== " ");
    expect(changed.map(show)).toEqual(["~ content"]);
  });
  it("sees that 1 and 1.0 are different bytes", () => {
    expect(
      countSigns(diffJson(json("[1]"), json("[1.0]")))["~"] +
        countSigns(diffJson(json("[1]"), json("[1.0]")))["+"],
    ).toBeGreaterThan(0);
  });
  it("shows what was moved: lost here, found again there", () => {
    const asked = json(
      '{"messages":[{"role":"system","content":"Be very brief."},{"role":"user","content":"a"}]}',
    );
    const sent = json('{"system":"Be very brief.","messages":[{"role":"user","content":"a"}]}');
    const lines = diffJson(asked, sent);
    const gained = lines.find((line) => line.key === "system");
    expect(gained?.moved).toBe("messages[0].content");
    expect(lines.find((line) => line.sign === "−")?.moved).toBe("system");
    // A short value is alike by chance.
    const chance = diffJson(json('{"a":1,"c":2}'), json('{"b":1,"c":2}'));
    expect(chance.some((line) => line.moved !== undefined)).toBe(false);
  });
  it("says nothing of equal bodies", () => {
    const body = json('{"a":[1,2],"b":{"c":"d"}}');
    expect(diffJson(body, body).map((line) => line.sign)).toEqual([" "]);
  });
});

describe("visible", () => {
  it("shows direction overrides, zero-width and tag characters by their code", () => {
    const codes = piecesOf("a\u202eb\u200bc\u{e0041}d\u0000").flatMap((piece) => piece.code ?? []);
    expect(codes).toEqual(["U+202E", "U+200B", "U+E0041", "U+0000"]);
  });
  it("leaves line ends, accents and joined emoji alone", () => {
    expect(piecesOf("añ\n\t👩‍💻 ok")).toEqual([{ text: "añ\n\t👩‍💻 ok" }]);
  });
  it("joins back to the same text", () => {
    const text = "x\u2066y\u2069z\ufeff";
    expect(
      piecesOf(text)
        .map((piece) => piece.text)
        .join(""),
    ).toBe(text);
  });
  it("writes line ends as signs on one line", () => {
    expect(oneLine("data: a\r\n\n")).toBe("data: a␍⏎⏎");
  });
});

describe("decisions", () => {
  const decide = (name: string, decision: Decision["decision"]): Decision => ({
    name,
    decision,
    wanted: 1,
    because: { source: "you" },
  });
  const some = [
    decide("stream", "kept"),
    decide("top_p", "defaulted"),
    decide("seed", "no_effect"),
    decide("user", "dropped"),
    decide("maxTokens", "renamed"),
  ];

  it("puts losses first, then changes, then what went as asked", () => {
    expect(ordered(some).map((d) => d.name)).toEqual(["user", "seed", "maxTokens", "top_p", "stream"]);
    expect(lostCount(some)).toBe(2);
    expect(countByVerdict(some)[0]).toEqual({ verdict: "dropped", weight: "loss", count: 1 });
  });
  it("does not call lost what nobody wanted", () => {
    const listed = { ...decide("stop", "no_effect"), wanted: null };
    expect(lostCount([listed])).toBe(0);
    expect(ordered([listed, decide("a", "kept"), decide("b", "dropped")]).at(-1)?.name).toBe("stop");
  });
  it("names the place and the reason", () => {
    expect(placeOf({ source: "librechat.yaml", line: 41 })).toBe("librechat.yaml:41");
    expect(placeOf({ source: "you" })).toBe("you");
    expect(reasonOf({ ...decide("a", "kept"), because: { source: "x.toml", why: "because" } })).toBe(
      "because",
    );
  });
  it("writes values as JSON and absent ones as nothing", () => {
    expect([asJson("a"), asJson(0), asJson(false), asJson(null), asJson(undefined)]).toEqual([
      '"a"',
      "0",
      "false",
      "",
      "",
    ]);
  });
});

describe("shares, limits and figures", () => {
  it("sums tokens by origin in the order of the context", () => {
    const shares = sharesOf([
      { origin: "system", tokens: 20 },
      { origin: "history", tokens: 30 },
      { origin: "history", tokens: 40 },
      { origin: "this message", tokens: 10 },
    ]);
    expect(
      sharesOf([
        { origin: "a", tokens: 1, bytes: 3 },
        { origin: "a", tokens: 1 },
      ])[0]?.bytes,
    ).toBeNull();
    expect(shares.map((s) => [s.origin, s.tokens, s.part])).toEqual([
      ["system", 20, 0.2],
      ["history", 70, 0.7],
      ["this message", 10, 0.1],
    ]);
    expect(sharesOf([{ origin: "new word", tokens: 0 }])[0]).toMatchObject({ part: 0, stratum: 6 });
  });
  it("tells a program's own messages apart by role and place", () => {
    const parts = [
      ["request", "system", false],
      ["request", "assistant", false],
      ["request", "user", true],
      ["preset", "system", false],
    ] as const;
    expect(parts.map(([origin, role, last]) => partOf(origin, role, last))).toEqual([
      "system",
      "history",
      "this message",
      "preset",
    ]);
  });
  it("weighs each message by its bytes on the wire, and what was saved", () => {
    const message = { message: { role: "user", parts: [] }, origin: "request", tokens: 1 };
    const sent = json('{"messages":[{"role":"user","content":"ñ"}],"tools":[{}]}');
    expect(messageBytes([message], sent)).toEqual([30]);
    expect(messageBytes([message, message], sent)).toEqual([null, null]);
    expect(messageBytes([message, message], json('{"system":"ab","messages":[{}]}'))).toEqual([4, 2]);
    expect(messageBytes([message, message], json('{"instructions":"ab","input":"c"}'))).toEqual([4, 3]);
    expect(toolBytes(sent)).toBe(4);
    const dropped: Decision = { name: "seed", decision: "dropped", wanted: 7, because: { source: "you" } };
    expect(savedBytes([dropped, { ...dropped, wanted: null }])).toBe(9);
  });
  it("writes figures", () => {
    expect(percent(0.498)).toBe("49.8%");
    expect(percent(1)).toBe("100%");
    expect(percent(0.0001)).toBe("< 0.1%");
    expect([0, 0.5, 1].map((v, i) => tickLabel(v, i, 0.5))).toEqual(["0 s", "0.5", "1.0"]);
    expect(fineClock(1700000000.25)).toMatch(/^\d\d:\d\d:20\.2$/);
  });
});
