import { describe, expect, it } from "vitest";
import type { LiveEvent, Message } from "../api/types";
import { aConversation, aMessage } from "./samples";
import { type ChatState, EMPTY, forget, listed, loaded, receive, reduce } from "./state";
import { activePath } from "./tree";

const answer = (more: Partial<Message> = {}) =>
  aMessage("a2", "q1", { text: "", state: "streaming", ...more });
const page = (text: string, state: Message["state"] = "streaming") => ({
  conversation: aConversation({ active: "a2" }),
  messages: [aMessage("q1", null), answer({ text, state })],
});
const started = (message: Message): LiveEvent => ({ type: "message.started", data: { message } });
const snapshot = (message: Message): LiveEvent => ({ type: "message.snapshot", data: { message } });
const finished = (message: Message): LiveEvent => ({ type: "message.finished", data: { message } });
const delta = (text: string): LiveEvent => ({
  type: "message.delta",
  data: { conversation_id: "c", message_id: "a2", text },
});
const after = (state: ChatState, ...events: LiveEvent[]) => events.reduce(reduce, state);
const textOf = (state: ChatState) => state.trees.c?.messages.a2?.text;

describe("events and pages in every order", () => {
  it("an answer streams into an open conversation", () => {
    const open = loaded(EMPTY, {
      conversation: aConversation({ active: "q1" }),
      messages: [aMessage("q1", null)],
    });
    const state = after(open, started(answer()), delta("Hel"), delta("lo"));
    expect(textOf(state)).toBe("Hello");
    expect(activePath(state.trees.c ?? fail())).toEqual(["q1", "a2"]);
  });

  it("a reload goes on: page, snapshot, deltas", () => {
    const state = after(loaded(EMPTY, page("Hel")), snapshot(answer({ text: "Hello" })), delta(" world"));
    expect(textOf(state)).toBe("Hello world");
  });

  it("a page that is older than the snapshot does not set it back", () => {
    const state = loaded(after(EMPTY, snapshot(answer({ text: "Hello" })), delta(" wor")), page("Hel"));
    expect(textOf(after(state, delta("ld")))).toBe("Hello world");
  });

  it("a page that is newer than the stream does not make its deltas come twice", () => {
    const told = loaded(after(EMPTY, snapshot(answer({ text: "Hel" }))), page("Hello wor"));
    expect(textOf(after(told, delta("lo"), delta(" wor"), delta("ld")))).toBe("Hello world");
    const before = after(
      loaded(EMPTY, page("Hello wor")),
      snapshot(answer({ text: "Hel" })),
      delta("lo world"),
    );
    expect(textOf(before)).toBe("Hello world");
    const begun = after(loaded(EMPTY, page("Hello wor")), started(answer()), delta("Hello world"));
    expect(textOf(begun)).toBe("Hello world");
  });

  it("deltas before their snapshot wait for it", () => {
    expect(textOf(after(loaded(EMPTY, page("Hel")), delta("lo")))).toBe("Hel");
  });

  it("a page that is older than the end does not make it stream again", () => {
    const done = answer({ text: "Hello world", state: "complete" });
    const state = loaded(after(EMPTY, started(answer()), delta("Hello"), finished(done)), page("Hel"));
    expect(state.trees.c?.messages.a2?.state).toBe("complete");
    expect(textOf(state)).toBe("Hello world");
    expect(state.writing).toEqual({});
  });

  it("the reply to `send` may come after the first deltas", () => {
    const open = loaded(EMPTY, {
      conversation: aConversation({ active: "q1" }),
      messages: [aMessage("q1", null)],
    });
    const state = receive(after(open, started(answer()), delta("He")), answer());
    expect(textOf(after(state, delta("llo")))).toBe("Hello");
  });

  it("a page that says an answer has ended is believed", () => {
    const state = loaded(after(EMPTY, snapshot(answer({ text: "Hel" }))), page("Hello", "stopped"));
    expect(state.trees.c?.messages.a2?.state).toBe("stopped");
    expect(state.writing).toEqual({});
  });

  it("a delta of a message nobody told of changes nothing", () => {
    const state = loaded(EMPTY, page("Hello", "complete"));
    expect(after(state, delta("!!"))).toBe(state);
  });
});

describe("branches", () => {
  const both = loaded(EMPTY, {
    conversation: aConversation({ active: "a2" }),
    messages: [aMessage("q1", null), aMessage("a2", "q1"), aMessage("a3", "q1")],
  });

  it("another answer in the same place is shown when it begins", () => {
    const state = after(both, started(aMessage("a4", "q1", { state: "streaming" })));
    expect(state.trees.c?.active).toBe("a4");
  });

  it("follows another tab that went elsewhere, and not an unchanged word", () => {
    const moved = after(both, {
      type: "conversation.changed",
      data: { conversation: aConversation({ active: "a3" }) },
    });
    expect(moved.trees.c?.active).toBe("a3");
    const own = { ...both, trees: { c: { ...(both.trees.c ?? fail()), active: "a3" } } };
    const same = after(own, {
      type: "conversation.changed",
      data: { conversation: aConversation({ active: "a2", title: "New" }) },
    });
    expect(same.trees.c?.active).toBe("a3");
    expect(same.conversations.c?.title).toBe("New");
  });

  it("a page that comes again keeps the branch that is shown here", () => {
    const own = { ...both, trees: { c: { ...(both.trees.c ?? fail()), active: "a3" } } };
    const again = loaded(own, {
      conversation: aConversation({ active: "a2" }),
      messages: [aMessage("q1", null), aMessage("a2", "q1"), aMessage("a3", "q1")],
    });
    expect(again.trees.c?.active).toBe("a3");
  });
});

describe("the list", () => {
  it("forgets what was deleted", () => {
    const state = loaded(EMPTY, page("x", "complete"));
    expect(forget(state, "c")).toMatchObject({ conversations: {}, trees: {} });
    expect(listed(state, []).trees).toEqual({});
    expect(after(state, { type: "conversation.deleted", data: { conversation_id: "c" } }).trees).toEqual({});
  });
});

function fail(): never {
  throw new Error("the tree is missing");
}
