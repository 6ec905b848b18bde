/** The records of a trace as `/api/traces/{id}` sends them; fields as in `filon.trace.records`. */

import type { Body, Frame, Problem } from "../api/types";

export type { Body, Frame, Problem };

export type Pair = [string, string];

export interface Because {
  source: string;
  line?: number | null;
  rule?: string | null;
  why?: string | null;
}

export interface Part {
  type: string;
  text?: string;
  /** The provider's seal on a thought. */
  signature?: string | null;
  url?: string;
  id?: string;
  name?: string;
  arguments?: string;
  json?: string;
}

export interface Message {
  role: string;
  parts: Part[];
  name?: string | null;
  call_id?: string | null;
}

interface Base {
  started: number;
  ended: number;
  error?: Problem | null;
  stage?: string;
}

export interface Received extends Base {
  type: "received";
  caller: string;
  protocol: string;
  method: string;
  path: string;
  headers: Pair[];
  body: Body;
  key?: string | null;
  tags?: string[];
  metadata?: Record<string, string | number | boolean>;
  timeout?: number | null;
  strict?: boolean | null;
  /** Of a replay: its parent's id, "asked" or "wire", and what was changed. */
  replay_of?: string | null;
  replay_as?: string | null;
  changes?: { name: string; before?: unknown; after?: unknown }[];
}

/** One limit of a key as the request left it; `reset` in seconds. */
export interface Allowance {
  name: string;
  limit: number;
  left: number;
  reset?: number | null;
}

export interface Admitted extends Base {
  type: "admitted";
  owner_id: number;
  by: string;
  /** The pattern of the key's scope that let the model in. */
  through?: string | null;
  limits?: Allowance[];
  tags?: string[];
}

export interface SourcedMessage {
  message: Message;
  origin: string;
  tokens: number;
  /** The line of configuration that says it, if one does. */
  because?: Because | null;
}

export interface Assembled extends Base {
  type: "assembled";
  messages: SourcedMessage[];
  tokenizer: string;
}

export interface Candidate {
  endpoint: string;
  model: string;
  kept: boolean;
  reason: string;
}

export interface Routed extends Base {
  type: "routed";
  candidates: Candidate[];
  endpoint: string;
  model: string;
}

export type Verdict = "kept" | "defaulted" | "added" | "renamed" | "clamped" | "dropped" | "no_effect";

export interface Decision {
  name: string;
  decision: Verdict;
  because: Because;
  wanted?: unknown;
  sent?: unknown;
  sent_as?: string | null;
  note?: string | null;
}

export interface Translated extends Base {
  type: "translated";
  protocol: string;
  decisions: Decision[];
  method: string;
  url: string;
  headers: Pair[];
  body: Body;
}

export interface Recalled extends Base {
  type: "recalled";
  hit: boolean;
  reason: string;
}

/**
 * Seconds. `dns`, `connect`, `proxy` and `tls` say how long each took (a reused connection has none);
 * the others are moments, counted from the start of the attempt.
 */
export interface Timing {
  dns?: number | null;
  connect?: number | null;
  tls?: number | null;
  sent?: number | null;
  first_byte?: number | null;
  first_output?: number | null;
  ended?: number | null;
  reused?: boolean;
  retried_stale?: boolean;
  /** The tunnel through a proxy. */
  proxy?: number | null;
}

/** What a button can do about a finding; best first. */
export type Fix =
  | { type: "rename_parameter"; parameter: string; to: string }
  | { type: "retry_without"; parameter: string }
  | { type: "add_drop"; endpoint: string; parameter: string; lines?: string[] }
  | { type: "lower_max_tokens"; to: number }
  | { type: "use_model"; name: string; nearest?: string[] }
  | { type: "run_doctor"; endpoint: string }
  | { type: "set_variable"; name: string }
  | { type: "shorten_conversation"; tokens?: number | null }
  | { type: "choose_other" }
  | { type: "wait_for"; seconds: number }
  | { type: "open_docs"; page: string };

export interface Finding {
  code: string;
  title: string;
  evidence: string;
  causes: string[];
  fix: string;
  names?: Record<string, string>;
  /** A failure, or something odd about a good answer. */
  kind?: "failure" | "notice";
  /** What the evidence stands in: "body", "header retry-after", "frames 12-14", "request". */
  where?: string;
  fixes?: Fix[];
  /** The page about the code, as a path in the project. */
  docs?: string | null;
  /** Who behind a router or gateway said it. */
  host?: string | null;
}

export interface Attempt extends Base {
  type: "attempt";
  number: number;
  endpoint: string;
  model: string;
  method: string;
  url: string;
  address?: string | null;
  /** The proxy that it went by way of; `address` is then the proxy's. */
  through?: string | null;
  request_headers: Pair[];
  request_body: Body;
  status?: number | null;
  reply_headers: Pair[];
  frames: Frame[];
  /** Bytes of frames that came after the cap was reached. */
  frames_cut: number;
  timing: Timing;
  findings: Finding[];
  retry_after?: number | null;
  /** Seconds that the turn waited before it: in the endpoint's line, or to try again. */
  waited?: number;
  /** What followed its failure, and why, in one English sentence. */
  then?: string | null;
}

export interface Usage {
  input_tokens?: number | null;
  output_tokens?: number | null;
  cached_tokens?: number | null;
  reasoning_tokens?: number | null;
  /** Put into a cache. */
  written_tokens?: number | null;
  cost_usd?: number | null;
}

export interface Cost {
  kind: string;
  usd?: number | null;
  input_usd_per_mtok?: number | null;
  cached_usd_per_mtok?: number | null;
  output_usd_per_mtok?: number | null;
  written_usd_per_mtok?: number | null;
  /** By the price list, where the provider reported its own figure; and the list. */
  reckoned_usd?: number | null;
  reckoned_source?: string | null;
  arithmetic?: string | null;
  source?: string | null;
  why?: string | null;
}

export interface Settled extends Base {
  type: "settled";
  outcome: string;
  usage?: Usage | null;
  estimated?: Usage | null;
  cost: Cost;
  finish_reason?: string | null;
  ttft?: number | null;
  rate?: number | null;
  /** The wire's name for what the model thought. */
  thought_field?: string | null;
  /** What is odd about an answer that came. */
  findings?: Finding[];
  message?: Message | null;
  message_id?: string | null;
  conversation_id?: string | null;
}

export type AnyRecord = Received | Admitted | Assembled | Routed | Translated | Recalled | Attempt | Settled;

/** A trace's records sorted by what they are. A repair or a fallback leaves several of some. */
export interface TraceRecords {
  all: AnyRecord[];
  received?: Received;
  admitted?: Admitted;
  assembled?: Assembled;
  routed: Routed[];
  translated: Translated[];
  recalled?: Recalled;
  attempts: Attempt[];
  settled?: Settled;
}

export function sortRecords(records: readonly unknown[]): TraceRecords {
  const all = records as AnyRecord[];
  const sorted: TraceRecords = { all, routed: [], translated: [], attempts: [] };
  for (const record of all) {
    switch (record.type) {
      case "received":
        sorted.received = record;
        break;
      case "admitted":
        sorted.admitted = record;
        break;
      case "assembled":
        sorted.assembled = record;
        break;
      case "routed":
        sorted.routed.push(record);
        break;
      case "translated":
        sorted.translated.push(record);
        break;
      case "recalled":
        sorted.recalled = record;
        break;
      case "attempt":
        sorted.attempts.push(record);
        break;
      case "settled":
        sorted.settled = record;
        break;
    }
  }
  return sorted;
}

/** The translation that an attempt was made from: the last one written before the attempt began. */
export function translationOf(records: TraceRecords, attempt?: Attempt): Translated | undefined {
  if (!attempt) return records.translated.at(-1);
  const at = records.all.indexOf(attempt);
  for (let i = at - 1; i >= 0; i--) {
    const record = records.all[i];
    if (record?.type === "translated") return record;
  }
  return records.translated.at(-1);
}

export function header(headers: readonly Pair[], name: string): string | undefined {
  const wanted = name.toLowerCase();
  return headers.find(([key]) => key.toLowerCase() === wanted)?.[1];
}

/** All visible prose of a message, joined. */
export function textOf(message: Message | null | undefined, type = "text"): string {
  return (message?.parts ?? [])
    .filter((part) => part.type === type)
    .map((part) => part.text ?? "")
    .join("");
}

/** The tool calls of a message, in order. */
export function callsOf(message: Message | null | undefined): Part[] {
  return (message?.parts ?? []).filter((part) => part.type === "tool_call");
}
