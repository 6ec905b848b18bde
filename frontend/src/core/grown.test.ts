import { describe, expect, it } from "vitest";
import type { MessageDelta } from "../api/types";
import { grown, isThinking, sizeOf } from "./grown";
import { aMessage } from "./samples";

const empty = aMessage("a1", "q1", { text: "", state: "streaming" });
const delta = (more: Partial<MessageDelta>): MessageDelta => ({
  conversation_id: "c",
  message_id: "a1",
  ...more,
});
const piece = (index: number, text: string, id = "", name = "") => ({ index, id, name, arguments: text });

describe("an answer that grows", () => {
  it("takes each kind of text into its own place", () => {
    const all = [
      { reasoning: "Hm", thinking_since: 7 },
      { reasoning: "." },
      { text: "A" },
      { refusal: "No" },
    ];
    expect(all.map(delta).reduce(grown, empty)).toMatchObject({
      text: "A",
      refusal: "No",
      reasoning: "Hm.",
      thinking_since: 7,
    });
  });

  it("joins the pieces of parallel calls by their index, in whatever order they come", () => {
    const pieces = [
      [piece(1, "", "b", "add")],
      [piece(0, '{"ci', "a", "get_weather"), piece(1, '{"a"')],
      [piece(1, ":1}", "b", "add")],
      [piece(0, 'ty":1}')],
    ];
    const { calls } = pieces.map((calls) => delta({ calls })).reduce(grown, empty);
    expect(calls).toEqual([piece(0, '{"city":1}', "a", "get_weather"), piece(1, '{"a":1}', "b", "add")]);
  });

  it("thinks until it says or calls something", () => {
    const thinking = grown(empty, delta({ reasoning: "Hm" }));
    expect([empty, thinking].map(isThinking)).toEqual([false, true]);
    for (const next of [{ text: "A" }, { refusal: "N" }, { calls: [piece(0, "")] }])
      expect(isThinking(grown(thinking, delta(next)))).toBe(false);
    expect(isThinking({ ...thinking, state: "stopped" })).toBe(false);
  });

  it("has a size from its first sign on", () => {
    expect(sizeOf(empty)).toBe(0);
    expect(sizeOf(grown(empty, delta({ calls: [piece(0, "")] })))).toBe(1);
  });
});
