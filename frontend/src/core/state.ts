import type { Conversation, ConversationPage, LiveEvent, Message } from "../api/types";
import { grown } from "./grown";
import { choose, putMessage, type Tree, treeFrom } from "./tree";

/**
 * What the page knows of conversations, as a value; `reduce` is the only way events change it.
 * `writing` holds every answer in the making as the event stream told it, of loaded conversations or
 * not, and `settled` the last finished ones. Deltas go on from what the stream told and from nothing
 * else: a reply of the server that was on its way meanwhile may be older than these, or newer.
 */
export interface ChatState {
  conversations: Record<string, Conversation>;
  trees: Record<string, Tree>;
  writing: Record<string, Message>;
  settled: Message[];
}

export const EMPTY: ChatState = { conversations: {}, trees: {}, writing: {}, settled: [] };

const SETTLED_KEPT = 50;

export function reduce(state: ChatState, event: LiveEvent): ChatState {
  switch (event.type) {
    case "message.started":
    case "message.snapshot":
      return begin(state, event.data.message);
    case "message.finished":
      return finish(state, event.data.message);
    case "message.delta": {
      const { message_id: id, conversation_id: owner } = event.data;
      const before = state.writing[id];
      // Deltas of a message we never saw begin cannot be placed; its snapshot or its end will bring all.
      if (!before) return state;
      const after = grown(before, event.data);
      const tree = state.trees[owner];
      return {
        ...state,
        writing: { ...state.writing, [id]: after },
        trees: tree?.messages[id] ? { ...state.trees, [owner]: putMessage(tree, after) } : state.trees,
      };
    }
    case "conversation.changed":
      return changed(state, event.data.conversation);
    case "conversation.deleted":
      return forget(state, event.data.conversation_id);
    default:
      return state;
  }
}

/** A conversation's page came; what streamed in meanwhile is newer. */
export function loaded(state: ChatState, page: ConversationPage): ChatState {
  const { id, active } = page.conversation;
  const messages = page.messages.map((message) => newest(state, message));
  let tree = treeFrom({ ...page, messages });
  const before = state.trees[id];
  if (before) {
    const latest = Math.max(0, ...messages.map((message) => message.created_at));
    // Messages that began after the server made this page.
    for (const message of Object.values(before.messages))
      if (!tree.messages[message.id] && message.created_at > latest) tree = putMessage(tree, message);
    // The branch shown here stays, unless another tab went elsewhere.
    if (before.active && tree.messages[before.active] && before.conversation.active === active)
      tree = choose(tree, before.active);
  }
  const ended = new Set(page.messages.filter((told) => told.state !== "streaming").map((told) => told.id));
  const writing = Object.fromEntries(
    Object.entries(state.writing).filter(([messageId]) => !ended.has(messageId)),
  );
  return {
    ...state,
    writing,
    conversations: { ...state.conversations, [id]: page.conversation },
    trees: { ...state.trees, [id]: tree },
  };
}

/** All conversations as the list shows them; ones that were deleted elsewhere are forgotten. */
export function listed(state: ChatState, list: Conversation[]): ChatState {
  const conversations = Object.fromEntries(list.map((conversation) => [conversation.id, conversation]));
  const trees = Object.fromEntries(Object.entries(state.trees).filter(([id]) => conversations[id]));
  return { ...state, conversations, trees };
}

/** A message begins in the event stream, or is told there whole so far. */
function begin(state: ChatState, message: Message): ChatState {
  const isOver = message.state !== "streaming" || state.settled.some(({ id }) => id === message.id);
  if (isOver) return receive(state, message);
  return receive({ ...state, writing: { ...state.writing, [message.id]: message } }, message);
}

/** A message that the server told of, in the stream or (from `send`) beside it. */
export function receive(state: ChatState, told: Message): ChatState {
  const message = newest(state, told);
  const tree = state.trees[message.conversation_id];
  if (!tree) return state;
  const isNew = !tree.messages[message.id];
  let after = putMessage(tree, message);
  // A message that goes on from what is shown, or stands beside it, is what its sender wants to see.
  if (isNew && follows(tree, message)) after = choose(after, message.id);
  return { ...state, trees: { ...state.trees, [message.conversation_id]: after } };
}

function finish(state: ChatState, message: Message): ChatState {
  const { [message.id]: _, ...writing } = state.writing;
  const settled = [message, ...state.settled.filter((m) => m.id !== message.id)].slice(0, SETTLED_KEPT);
  const tree = state.trees[message.conversation_id];
  const trees = tree ? { ...state.trees, [message.conversation_id]: putMessage(tree, message) } : state.trees;
  return { ...state, writing, settled, trees };
}

export function changed(state: ChatState, conversation: Conversation): ChatState {
  const conversations = { ...state.conversations, [conversation.id]: conversation };
  const tree = state.trees[conversation.id];
  if (!tree) return { ...state, conversations };
  let after: Tree = { ...tree, conversation };
  // Another tab went to another branch. An unchanged `active` says nothing: ours may be on its way.
  if (conversation.active && conversation.active !== tree.conversation.active)
    if (tree.messages[conversation.active]) after = choose(after, conversation.active);
  return { ...state, conversations, trees: { ...state.trees, [conversation.id]: after } };
}

export function forget(state: ChatState, id: string): ChatState {
  const { [id]: _conversation, ...conversations } = state.conversations;
  const { [id]: _tree, ...trees } = state.trees;
  return { ...state, conversations, trees };
}

function follows(tree: Tree, message: Message): boolean {
  if (message.parent_id === tree.active) return true;
  const parent = message.parent_id ?? "";
  for (let id = tree.active; id; id = tree.messages[id]?.parent_id ?? null)
    if ((tree.messages[id]?.parent_id ?? "") === parent) return true;
  return false;
}

/** Of an answer in the making, what the stream told of it, if it did. */
function newest(state: ChatState, told: Message): Message {
  if (told.state !== "streaming") return told;
  const settled = state.settled.find((message) => message.id === told.id);
  return settled ?? state.writing[told.id] ?? told;
}
