import { describe, expect, it } from "vitest";
import { readJson, writeJson } from "../core/json";
import { askedOf, assembledOf } from "./asked";
import { diffJson } from "./diff";
import type { Assembled } from "./records";

const assembled = (...texts: string[]): Assembled => ({
  type: "assembled",
  started: 0,
  ended: 0,
  tokenizer: "t",
  messages: texts.map((text) => ({
    message: { role: "user", parts: [{ type: "text", text }] },
    origin: "history",
    tokens: 1,
  })),
});

const signs = (text: string, sentText: string, made: Assembled) => {
  const sent = readJson(sentText);
  const decisions = [{ name: "stream", decision: "kept" as const, wanted: true, because: { source: "you" } }];
  const sources = { text, sent, assembled: made, decisions };
  const [asked, whole] = [askedOf(sources), assembledOf(sources)];
  if (!asked || !whole || !sent) throw new Error("not JSON");
  return { fromChat: asked.fromChat, changed: diffJson(whole, sent).filter((l) => l.sign !== " ") };
};

describe("what was asked", () => {
  it("is a program's request as it came", () => {
    const text = '{"model":"m","messages":[]}';
    expect(signs(text, text, assembled())).toEqual({ fromChat: false, changed: [] });
    expect(askedOf({ text: "no", sent: null, decisions: [] })).toBeNull();
  });
  it("is a chat's message laid out as a request, so that only real differences are left", () => {
    const text = '{"conversation_id":"c","model":"e/m","text":"hi","parameters":{"seed":7}}';
    const sent = '{"model":"m","messages":[{"role":"user","content":"hi"}],"seed":7,"stream":true}';
    const { fromChat, changed } = signs(text, sent, assembled("hi"));
    expect(fromChat).toBe(true);
    expect(changed.map((line) => [line.sign, line.key])).toEqual([["~", "model"]]);
  });
  it("knows a long message by its beginning, and one that was added in front", () => {
    const text = '{"model":"m","text":"x"}';
    const long = '{"role":"user","content":"begins and goes on"}';
    const same = signs(text, `{"model":"m","messages":[${long}],"stream":true}`, assembled("begins…"));
    expect(same.changed).toEqual([]);
    const system = '{"role":"system","content":"s"}';
    const more = signs(
      text,
      `{"model":"m","messages":[${system},${long}],"stream":true}`,
      assembled("begins…"),
    );
    expect(new Set(more.changed.map((line) => line.sign))).toEqual(new Set(["+"]));
    const other = signs(text, `{"model":"m","messages":[${long}],"stream":true}`, assembled("different"));
    expect(other.changed.length).toBeGreaterThan(0);
  });
  it("leaves to the second step what came from the history and from a preset", () => {
    const made = assembled("said before", "hi");
    const [before, own] = made.messages;
    if (!before || !own) throw new Error("two messages");
    const sources = {
      text: '{"model":"m","text":"hi"}',
      caller: "chat",
      sent: null,
      assembled: { ...made, messages: [before, { ...own, origin: "this message" }] },
      decisions: [],
    };
    const [asked, whole] = [askedOf(sources), assembledOf(sources)];
    if (!asked || !whole) throw new Error("not JSON");
    const added = diffJson(asked.node, whole).filter((line) => line.sign !== " ");
    expect(new Set(added.map((line) => line.sign))).toEqual(new Set(["+"]));
    expect(JSON.stringify(added)).toContain("said before");
  });
  it("puts a preset's words among a program's own messages, which stay as they came", () => {
    const text = '{"model":"m","messages":[{"role":"user","content":"hi","name":"ann"}]}';
    const made = assembled("be brief", "hi");
    const [system, own] = made.messages;
    if (!system || !own) throw new Error("two messages");
    const messages = [
      { ...system, message: { ...system.message, role: "system" }, origin: "preset" },
      { ...own, origin: "request" },
    ];
    const whole = assembledOf({ text, sent: null, assembled: { ...made, messages }, decisions: [] });
    expect(whole && writeJson(whole)).toBe(
      '{"model":"m","messages":[{"role":"system","content":"be brief"},{"role":"user","content":"hi","name":"ann"}]}',
    );
  });
});
