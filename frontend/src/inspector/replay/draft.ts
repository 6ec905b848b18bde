/** What is typed into the form of a replay, and the changes that it makes. Pure. */

import type { Changes, Replayable } from "./api";

export interface Row {
  name: string;
  /** The value as JSON. */
  text: string;
}

export interface TypedMessage {
  /** A message of a role and a text is typed as such; any other as its JSON. */
  role: string | null;
  text: string;
}

export interface Draft {
  endpoint: string;
  model: string;
  rows: Row[];
  messages: TypedMessage[];
  /** The whole body as text; null while the form above is what counts. */
  body: string | null;
}

export function draftOf(from: Replayable): Draft {
  return {
    endpoint: from.endpoint ?? "",
    model: from.model,
    rows: Object.entries(from.parameters).map(([name, value]) => ({ name, text: JSON.stringify(value) })),
    messages: from.messages.map(typed),
    body: null,
  };
}

function typed(message: unknown): TypedMessage {
  if (typeof message === "object" && message !== null && !Array.isArray(message)) {
    const { role, content, ...rest } = message as Record<string, unknown>;
    if (typeof role === "string" && typeof content === "string" && Object.keys(rest).length === 0)
      return { role, text: content };
  }
  return { role: null, text: JSON.stringify(message, null, 2) };
}

export type Fault =
  | { at: "parameter"; index: number; kind: "notJson" | "noName" | "twice" }
  | { at: "message"; index: number; kind: "notJson" }
  | { at: "body"; kind: "notJson" }
  | { at: "model"; kind: "empty" };

export interface Read {
  changes: Changes;
  faults: Fault[];
}

export function readDraft(from: Replayable, draft: Draft, asWire: boolean): Read {
  const faults: Fault[] = [];
  const changes: Changes = {};
  if (draft.endpoint && draft.endpoint !== from.endpoint) changes.endpoint = draft.endpoint;
  if (!draft.model.trim()) faults.push({ at: "model", kind: "empty" });
  else if (draft.model !== from.model) changes.model = draft.model.trim();
  if (draft.body !== null) {
    // What goes as it stands may be spoiled on purpose; what goes through the rules must be read.
    if (!asWire && !isObject(parsed(draft.body))) faults.push({ at: "body", kind: "notJson" });
    if (draft.body !== from.body) changes.body = draft.body;
    return { changes, faults };
  }
  const parameters = readRows(from, draft.rows, faults);
  if (Object.keys(parameters).length) changes.parameters = parameters;
  const messages = draft.messages.map((message, index) => {
    if (message.role !== null) return { role: message.role, content: message.text };
    const value = parsed(message.text);
    if (value === undefined) faults.push({ at: "message", index, kind: "notJson" });
    return value;
  });
  if (JSON.stringify(messages) !== JSON.stringify(from.messages)) changes.messages = messages;
  return { changes, faults };
}

function readRows(from: Replayable, rows: readonly Row[], faults: Fault[]): Record<string, unknown> {
  const parameters: Record<string, unknown> = {};
  const seen = new Set<string>();
  rows.forEach(({ name, text }, index) => {
    const value = parsed(text);
    if (!name.trim()) faults.push({ at: "parameter", index, kind: "noName" });
    else if (seen.has(name)) faults.push({ at: "parameter", index, kind: "twice" });
    else if (value === undefined) faults.push({ at: "parameter", index, kind: "notJson" });
    else if (JSON.stringify(value) !== JSON.stringify(from.parameters[name])) parameters[name] = value;
    seen.add(name);
  });
  for (const name of Object.keys(from.parameters)) if (!seen.has(name)) parameters[name] = null;
  return parameters;
}

/** The value of a JSON text, undefined when it is none. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

const isObject = (value: unknown) => typeof value === "object" && value !== null && !Array.isArray(value);

/** How many things are different, for the button that sends it. */
export function countChanges(changes: Changes): number {
  const { parameters = {}, ...rest } = changes;
  return Object.keys(parameters).length + Object.keys(rest).length;
}
