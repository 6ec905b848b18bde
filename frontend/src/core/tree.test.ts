import { describe, expect, it } from "vitest";
import { aConversation, aMessage } from "./samples";
import { activePath, branchOf, choose, lastOf, leafUnder, putMessage, treeFrom, writing } from "./tree";

//  q1 ─ a2 ─ q3 ─ a4
//   │         └── a5
//   └── a6
//  q7 ─ a8
const messages = [
  aMessage("q1", null),
  aMessage("a2", "q1"),
  aMessage("q3", "a2"),
  aMessage("a4", "q3"),
  aMessage("a5", "q3"),
  aMessage("a6", "q1"),
  aMessage("q7", null),
  aMessage("a8", "q7"),
];
const tree = treeFrom({ conversation: aConversation({ active: "a4" }), messages });

describe("the message tree", () => {
  it("shows the branch that the conversation names", () => {
    expect(activePath(tree)).toEqual(["q1", "a2", "q3", "a4"]);
  });

  it("shows the newest branch when none is named", () => {
    expect(activePath(treeFrom({ conversation: aConversation(), messages }))).toEqual(["q7", "a8"]);
  });

  it("goes down to the newest leaf when a branch is chosen", () => {
    expect(activePath(choose(tree, "a2"))).toEqual(["q1", "a2", "q3", "a5"]);
    expect(activePath(choose(tree, "q7"))).toEqual(["q7", "a8"]);
  });

  it("counts siblings, first messages among them", () => {
    expect(branchOf(tree, "a5")).toEqual({ number: 2, of: 2, previous: "a4", next: null });
    expect(branchOf(tree, "q1")).toEqual({ number: 1, of: 2, previous: null, next: "q7" });
    expect(branchOf(tree, "q3")).toMatchObject({ number: 1, of: 1 });
  });

  it("orders siblings by the time of their making, however they come", () => {
    const shuffled = treeFrom({ conversation: aConversation(), messages: [...messages].reverse() });
    expect(branchOf(shuffled, "a5")).toMatchObject({ number: 2, of: 2 });
  });

  it("replaces a message without a second place for it", () => {
    const after = putMessage(tree, aMessage("a4", "q3", { text: "new" }));
    expect(after.children.q3).toEqual(["a4", "a5"]);
    expect(after.messages.a4?.text).toBe("new");
    expect(tree.messages.a4?.text).toBe("text of a4");
  });

  it("finds the last question and answer, and the answer being written", () => {
    expect(lastOf(tree, "user")?.id).toBe("q3");
    expect(lastOf(tree, "assistant")?.id).toBe("a4");
    expect(writing(tree)).toBeNull();
    expect(writing(putMessage(tree, aMessage("a4", "q3", { state: "streaming" })))?.id).toBe("a4");
  });

  it("survives a circle and a parent that is missing", () => {
    const broken = treeFrom({
      conversation: aConversation({ active: "a2" }),
      messages: [aMessage("q1", "a2"), aMessage("a2", "q1"), aMessage("a9", "gone")],
    });
    expect(activePath(broken).length).toBeLessThanOrEqual(2);
    expect(leafUnder(broken, "a9")).toBe("a9");
  });
});
