import type { Conversation, Message } from "../api/types";

/** Values for tests. */
export function aMessage(id: string, parent: string | null, more: Partial<Message> = {}): Message {
  return {
    id,
    conversation_id: "c",
    parent_id: parent,
    role: id.startsWith("q") ? "user" : "assistant",
    text: `text of ${id}`,
    refusal: "",
    reasoning: "",
    sealed: false,
    thinking_since: null,
    calls: [],
    state: "complete",
    sender: "pocket",
    model: null,
    preset: null,
    trace_id: `t-${id}`,
    chip: null,
    problem: null,
    created_at: Number(id.replace(/\D/g, "")) || 0,
    ...more,
  };
}

export function aConversation(more: Partial<Conversation> = {}): Conversation {
  return {
    id: "c",
    title: "A title",
    model: "practice/pocket",
    preset: null,
    active: null,
    live: false,
    created_at: 1,
    updated_at: 2,
    ...more,
  };
}
