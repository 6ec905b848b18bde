import type { Conversation, ConversationPage, Message } from "../api/types";

/**
 * A conversation as a tree by `parent_id`. Siblings are branches; `active` is the last message of the
 * branch that is shown. Trees are values: every function gives a new one and shares what did not change.
 */
export interface Tree {
  conversation: Conversation;
  messages: Record<string, Message>;
  /** Ids in the order of their making; the key of first messages is `ROOT`. */
  children: Record<string, string[]>;
  active: string | null;
}

export const ROOT = "";

export function treeFrom(page: ConversationPage): Tree {
  let tree: Tree = { conversation: page.conversation, messages: {}, children: {}, active: null };
  for (const message of page.messages) tree = putMessage(tree, message);
  return { ...tree, active: leafUnder(tree, page.conversation.active ?? ROOT) };
}

/** Add a message or replace the one with its id. */
export function putMessage(tree: Tree, message: Message): Tree {
  const messages = { ...tree.messages, [message.id]: message };
  if (tree.messages[message.id]) return { ...tree, messages };
  const parent = message.parent_id ?? ROOT;
  const siblings = [...(tree.children[parent] ?? []), message.id];
  siblings.sort((a, b) => (messages[a]?.created_at ?? 0) - (messages[b]?.created_at ?? 0));
  return { ...tree, messages, children: { ...tree.children, [parent]: siblings } };
}

/** Show the branch that runs through `id`, down to its newest leaf. */
export function choose(tree: Tree, id: string): Tree {
  const active = leafUnder(tree, id);
  return active === tree.active ? tree : { ...tree, active };
}

/** The newest leaf below a message: of each set of siblings the last one. */
export function leafUnder(tree: Tree, id: string): string | null {
  let at = id;
  // A cycle cannot come from the server, but a page must not hang if one does.
  for (const seen = new Set<string>(); !seen.has(at); ) {
    seen.add(at);
    const next = tree.children[at]?.at(-1);
    if (!next) break;
    at = next;
  }
  return at === ROOT || !tree.messages[at] ? null : at;
}

/** Ids from the first message to the active leaf. */
export function activePath(tree: Tree): string[] {
  const path: string[] = [];
  const seen = new Set<string>();
  for (let id = tree.active; id && !seen.has(id); id = tree.messages[id]?.parent_id ?? null) {
    if (!tree.messages[id]) break;
    seen.add(id);
    path.push(id);
  }
  return path.reverse();
}

export interface Branch {
  /** Which of them, from 1. */
  number: number;
  of: number;
  previous: string | null;
  next: string | null;
}

export function branchOf(tree: Tree, id: string): Branch {
  const siblings = tree.children[tree.messages[id]?.parent_id ?? ROOT] ?? [];
  const at = siblings.indexOf(id);
  return {
    number: at + 1,
    of: siblings.length,
    previous: siblings[at - 1] ?? null,
    next: siblings[at + 1] ?? null,
  };
}

export function lastOf(tree: Tree, role: Message["role"]): Message | null {
  for (const id of activePath(tree).reverse()) {
    const message = tree.messages[id];
    if (message?.role === role) return message;
  }
  return null;
}

/** The answer that is being written on the branch that is shown, if there is one. */
export function writing(tree: Tree): Message | null {
  const leaf = tree.active ? tree.messages[tree.active] : undefined;
  return leaf?.state === "streaming" ? leaf : null;
}
