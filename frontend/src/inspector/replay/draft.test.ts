import { describe, expect, it } from "vitest";
import type { Replayable } from "./api";
import { countChanges, draftOf, readDraft } from "./draft";

const FROM: Replayable = {
  manner: "asked",
  protocol: "openai_chat",
  endpoint: "practice",
  model: "practice/pocket",
  body: '{"model":"practice/pocket"}',
  exact: true,
  messages: [
    { role: "user", content: "hi" },
    { role: "tool", tool_call_id: "a", content: "1" },
  ],
  parameters: { temperature: 0.7, stop: ["x"] },
  against: null,
};

const read = (change: Partial<ReturnType<typeof draftOf>>, wire = false) =>
  readDraft(FROM, { ...draftOf(FROM), ...change }, wire);

describe("the form of a replay", () => {
  it("changes nothing while nothing is typed", () => {
    expect(read({})).toEqual({ changes: {}, faults: [] });
  });
  it("tells what is new, what is different and what was taken out", () => {
    const { changes, faults } = read({
      model: "practice/other",
      rows: [
        { name: "temperature", text: "0" },
        { name: "seed", text: "7" },
      ],
      messages: [{ role: "user", text: "ho" }],
    });
    expect(faults).toEqual([]);
    expect(changes).toEqual({
      model: "practice/other",
      parameters: { temperature: 0, seed: 7, stop: null },
      messages: [{ role: "user", content: "ho" }],
    });
    expect(countChanges(changes)).toBe(5);
  });
  it("keeps a message that is more than role and text as JSON", () => {
    const [, tool] = draftOf(FROM).messages;
    expect(tool?.role).toBeNull();
    expect(JSON.parse(tool?.text ?? "")).toEqual(FROM.messages[1]);
  });
  it("says where it cannot be read", () => {
    const rows = [
      { name: "", text: "1" },
      { name: "a", text: "oops" },
      { name: "a", text: "1" },
    ];
    expect(read({ rows, model: " " }).faults).toEqual([
      { at: "model", kind: "empty" },
      { at: "parameter", index: 0, kind: "noName" },
      { at: "parameter", index: 1, kind: "notJson" },
      { at: "parameter", index: 2, kind: "twice" },
    ]);
  });
  it("lets a body be spoiled on purpose, but only as it goes over the wire", () => {
    expect(read({ body: "{oops" }).faults).toEqual([{ at: "body", kind: "notJson" }]);
    expect(read({ body: "{oops" }, true)).toEqual({ changes: { body: "{oops" }, faults: [] });
    expect(read({ body: FROM.body }).changes).toEqual({});
  });
});
