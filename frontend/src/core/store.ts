import { create } from "zustand";
import { change, get, problemOf } from "../api/client";
import type {
  Conversation,
  ConversationPage,
  LiveEvent,
  Parameters,
  Problem,
  RegenerateBody,
  SendBody,
  Sent,
} from "../api/types";
import { type Connection, Live } from "./live";
import { type ChatState, changed, EMPTY, forget, listed, loaded, receive, reduce } from "./state";
import { choose, type Tree, treeFrom, writing } from "./tree";

/** A message that waits for the answer before it to end. It names a model or a preset. */
export interface Queued {
  text: string;
  model?: string | null;
  preset?: string | null;
  parameters: Parameters;
}

interface Page {
  connection: Connection;
  signedOut: boolean;
  /** The list of conversations has come. */
  hasList: boolean;
  /** Why a conversation (or, under "", the list) could not be loaded. */
  failures: Record<string, Problem>;
  queued: Record<string, Queued>;
}

export type Store = ChatState & Page;

export const useStore = create<Store>()(() => ({
  ...EMPTY,
  connection: "connecting",
  signedOut: false,
  hasList: false,
  failures: {},
  queued: {},
}));

const { getState, setState } = useStore;

type Listener = (event: LiveEvent) => void;
const listeners = new Set<Listener>();

/** Hear every live event, whole and in order; gives the function that ends it. */
export function onLiveEvent(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

let pending: LiveEvent[] = [];
let scheduled = false;

/** Events wait for the next frame, so that a fast model costs one drawing per frame and not per token. */
function enqueue(event: LiveEvent): void {
  pending.push(event);
  if (scheduled) return;
  scheduled = true;
  // A hidden tab has no frames, but its title and its state must still be right when it is seen again.
  if (document.visibilityState === "hidden") setTimeout(flush, 250);
  else requestAnimationFrame(flush);
}

export function flush(): void {
  scheduled = false;
  const events = pending;
  pending = [];
  if (events.length) setState(events.reduce<ChatState>(reduce, getState()));
  for (const event of events) {
    for (const listener of listeners) listener(event);
    if (event.type === "message.started") adoptOrphan(event.data.message);
    if (event.type === "message.finished") void sendQueued(event.data.message.conversation_id);
  }
}

/** The answer to a question that another tab asked: the question itself is fetched. */
function adoptOrphan(message: { conversation_id: string; parent_id: string | null }): void {
  const tree = getState().trees[message.conversation_id];
  if (tree && message.parent_id && !tree.messages[message.parent_id] && !sending.has(message.conversation_id))
    void load(message.conversation_id);
}

const sending = new Set<string>();
let live: Live | null = null;
let wasLost = false;

/** Open the event stream of this tab; a second call does nothing. */
export function connect(): void {
  if (live) return;
  live = new Live({
    onEvent: enqueue,
    onState: (connection) => {
      setState({ connection });
      if (connection === "waiting") wasLost = true;
      if (connection === "open" && wasLost) {
        wasLost = false;
        void refresh();
      }
    },
    onSignedOut: () => setState({ signedOut: true }),
  });
  void live.run();
  window.addEventListener("online", () => live?.hurry());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") live?.hurry();
  });
}

/** After a gap, events may be gone for good: ask again for all that is on the page. */
async function refresh(): Promise<void> {
  await loadList();
  await Promise.all(Object.keys(getState().trees).map((id) => load(id)));
}

export async function loadList(): Promise<void> {
  try {
    const { conversations } = await get<{ conversations: Conversation[] }>("/api/conversations");
    setState((state) => ({
      ...listed(state, conversations),
      hasList: true,
      failures: without(state.failures, ""),
    }));
  } catch (error) {
    fail("", error);
  }
}

export async function load(id: string): Promise<void> {
  try {
    const page = await get<ConversationPage>(`/api/conversations/${encodeURIComponent(id)}`);
    setState((state) => ({ ...loaded(state, page), failures: without(state.failures, id) }));
  } catch (error) {
    fail(id, error);
  }
}

function fail(id: string, error: unknown): void {
  setState((state) => ({ failures: { ...state.failures, [id]: problemOf(error) } }));
}

/** Send a message. Throws the reason if the server refuses it. */
export async function send(body: SendBody): Promise<Sent> {
  const key = body.conversation_id ?? "";
  sending.add(key);
  try {
    const sent = await change<Sent>("POST", "/api/chat/send", body);
    take(sent);
    return sent;
  } finally {
    sending.delete(key);
  }
}

export async function regenerate(body: RegenerateBody): Promise<void> {
  take(await change<Sent>("POST", "/api/chat/regenerate", body));
}

function take(sent: Sent): void {
  setState((state) => {
    const { conversation, message, answer } = sent;
    const tree: Tree | undefined = state.trees[conversation.id];
    let next: ChatState = tree
      ? state
      : { ...state, trees: { ...state.trees, [conversation.id]: treeFrom({ conversation, messages: [] }) } };
    if (message) next = receive(next, message);
    next = receive(next, answer);
    next = changed(next, conversation);
    // What was just asked for is what its sender looks at.
    const now = next.trees[conversation.id];
    if (now) next = { ...next, trees: { ...next.trees, [conversation.id]: choose(now, answer.id) } };
    return next;
  });
}

export async function stop(messageId: string): Promise<void> {
  await change("POST", "/api/chat/stop", { message_id: messageId });
}

/** Show another branch at once and tell the server, so that a reload comes back to it. */
export async function chooseBranch(conversationId: string, messageId: string): Promise<void> {
  const tree = getState().trees[conversationId];
  if (!tree) return;
  const next = choose(tree, messageId);
  setState((state) => ({ trees: { ...state.trees, [conversationId]: next } }));
  if (next.active)
    await change("PATCH", `/api/conversations/${encodeURIComponent(conversationId)}`, {
      active: next.active,
    });
}

export async function rename(id: string, title: string): Promise<void> {
  const before = getState().conversations[id];
  if (before) setState((state) => changed(state, { ...before, title }));
  try {
    const after = await change<Conversation>("PATCH", `/api/conversations/${encodeURIComponent(id)}`, {
      title,
    });
    setState((state) => changed(state, after));
  } catch (error) {
    if (before) setState((state) => changed(state, before));
    throw error;
  }
}

export async function remove(id: string): Promise<void> {
  await change("DELETE", `/api/conversations/${encodeURIComponent(id)}`);
  setState((state) => forget(state, id));
}

/** Keep a message until the answer before it ends, then send it. */
export function enqueueMessage(conversationId: string, message: Queued): void {
  setState((state) => ({ queued: { ...state.queued, [conversationId]: message } }));
  void sendQueued(conversationId);
}

export function unqueue(conversationId: string): Queued | undefined {
  const { queued } = getState();
  setState({ queued: without(queued, conversationId) });
  return queued[conversationId];
}

async function sendQueued(conversationId: string): Promise<void> {
  const { queued, trees } = getState();
  const message = queued[conversationId];
  const tree = trees[conversationId];
  if (!message || !tree || writing(tree)) return;
  const last = tree.active ? tree.messages[tree.active] : undefined;
  // After a failure the next question would fail the same way; its writer decides.
  if (last?.state === "failed") return;
  unqueue(conversationId);
  try {
    await send({ conversation_id: conversationId, parent_id: tree.active, ...message });
  } catch (error) {
    setState((state) => ({ queued: { ...state.queued, [conversationId]: message } }));
    fail(`queued:${conversationId}`, error);
  }
}

function without<T>(record: Record<string, T>, key: string): Record<string, T> {
  const { [key]: _, ...rest } = record;
  return rest;
}
