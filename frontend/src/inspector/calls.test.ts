import { describe, expect, it } from "vitest";
import { linkCalls, placeOfCall } from "./calls";
import type { SourcedMessage } from "./records";

const calls = (...ids: string[]): SourcedMessage => ({
  message: { role: "assistant", parts: ids.map((id) => ({ type: "tool_call", id, name: "f" })) },
  origin: "request",
  tokens: 1,
});
const result = (id: string): SourcedMessage => ({
  message: { role: "tool", call_id: id, parts: [{ type: "text", text: "21" }] },
  origin: "request",
  tokens: 1,
});

describe("calls and their results", () => {
  it("are joined by id, in whatever order the results come", () => {
    const { results, calls: back } = linkCalls([calls("a", "b"), result("b"), result("a")]);
    expect(results).toEqual(
      new Map([
        [placeOfCall(0, 1), 1],
        [placeOfCall(0, 0), 2],
      ]),
    );
    expect([...back.values()]).toEqual([0, 0]);
  });

  it("are joined to the nearest where a provider numbers its calls anew in every answer", () => {
    const { results } = linkCalls([calls("call_0"), result("call_0"), calls("call_0"), result("call_0")]);
    expect([results.get(placeOfCall(0, 0)), results.get(placeOfCall(2, 0))]).toEqual([1, 3]);
  });

  it("stay alone without the other end", () => {
    const { results, calls: back } = linkCalls([result("x"), calls("a"), result("b")]);
    expect(results.size + back.size).toBe(0);
  });
});
