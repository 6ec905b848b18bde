/**
 * The bodies of `/api`, as `filon/server/shapes.py` describes them. Times are Unix seconds, durations
 * seconds, money USD, counts tokens; null means unknown.
 */

export type MessageState = "streaming" | "complete" | "stopped" | "partial" | "failed";
export type CostKind = "priced" | "reported" | "unknown" | "free" | "local" | (string & {});
export type Blame = "caller" | "configuration" | "provider" | "network" | "filon" | (string & {});

export interface Problem {
  code: string;
  message: string;
  blame: Blame;
  status: number;
  fix?: string | null;
  param?: string | null;
  provider_status?: number | null;
  provider_body?: string | null;
  retry_after?: number | null;
  /** What the sentences of this failure speak of, by placeholder. */
  names?: Record<string, string>;
}

export interface Chip {
  input_tokens: number | null;
  output_tokens: number | null;
  cached_tokens: number | null;
  reasoning_tokens: number | null;
  estimated: boolean;
  cost_kind: CostKind;
  cost_usd: number | null;
  ttft: number | null;
  rate: number | null;
  total: number | null;
  lost: number;
  finish_reason: string | null;
}

export interface Message {
  id: string;
  conversation_id: string;
  parent_id: string | null;
  role: "user" | "assistant";
  text: string;
  reasoning: string;
  state: MessageState;
  sender: string;
  model: string | null;
  trace_id: string | null;
  chip: Chip | null;
  problem: Problem | null;
  created_at: number;
}

export interface Conversation {
  id: string;
  title: string;
  model: string | null;
  active: string | null;
  live: boolean;
  created_at: number;
  updated_at: number;
}

export interface ConversationPage {
  conversation: Conversation;
  messages: Message[];
}

export interface ConversationChange {
  title?: string;
  active?: string;
}

export type Parameters = Record<string, unknown>;

export interface SendBody {
  conversation_id?: string | null;
  parent_id?: string | null;
  model: string;
  text: string;
  parameters?: Parameters;
}

export interface RegenerateBody {
  message_id: string;
  model?: string | null;
  parameters?: Parameters;
}

export interface Sent {
  conversation: Conversation;
  message: Message | null;
  answer: Message;
}

export interface Fact<T = unknown> {
  value: T | null;
  source: string | null;
}

export interface Model {
  id: string;
  endpoint: string;
  endpoint_label: string;
  model: string;
  display_label: string;
  usable: boolean;
  reason: string | null;
  context: Fact<number>;
  input_usd_per_mtok: Fact<number>;
  output_usd_per_mtok: Fact<number>;
  abilities: Fact<string[]>;
  source: string;
}

export interface Where {
  source: string;
  line: number | null;
  rule: string | null;
  why: string | null;
}

export interface KeyState {
  source: string;
  variable: string | null;
  masked: string | null;
}

export interface Endpoint {
  name: string;
  label: string;
  provider: string;
  kind: string;
  protocol: string;
  base_url: string;
  state: "ready" | "not_configured" | "broken";
  reason: string | null;
  origin: Where;
  key: KeyState;
  fetch: boolean;
  fetched_at: number | null;
  fetch_problem: Problem | null;
  title_enabled: boolean;
  title_model: string | null;
  docs: string | null;
  add: string[];
  drop: string[];
  headers: string[];
  quirks: string[];
  models: Model[];
}

export interface Verdict {
  level: "error" | "warning" | "note";
  code: string;
  message: string;
  line: number;
  column: number;
}

export interface ConfigFile {
  file: string | null;
  path: string | null;
  verdicts: Verdict[];
}

export interface Status {
  version: string;
  gateway: string;
  config: string | null;
  errors: number;
  warnings: number;
  endpoints_ready: number;
  endpoints: number;
  requests_today: number;
  failed_today: number;
  unpriced_today: number;
  cost_today_usd: number;
  trace_bytes: number;
}

export type Outcome = "live" | "complete" | "stopped" | "partial" | "failed";

export interface Trace {
  id: string;
  started_at: number;
  caller: string;
  model: string;
  endpoint: string | null;
  status: number | null;
  outcome: Outcome;
  attempts: number;
  input_tokens: number | null;
  output_tokens: number | null;
  estimated: boolean;
  cost_kind: CostKind;
  cost_usd: number | null;
  ttft: number | null;
  total: number | null;
  mark: string | null;
  conversation_id: string | null;
  message_id: string | null;
  timing: Record<string, number | null>;
}

export interface TraceList {
  traces: Trace[];
  next: string | null;
  total: number;
}

export interface Body {
  text: string;
  size: number;
  exact: boolean;
}

export interface Frame {
  at: number;
  text: string;
  size: number;
  kind: string;
}

/** `records` are in order; each has `type` and the fields of its record in `filon.trace.records`. */
export interface TracePage {
  trace: Trace;
  records: Array<{ type: string } & Record<string, unknown>>;
}

export interface Key {
  id: string;
  name: string;
  prefix: string;
  created_at: number;
  last_used_at: number | null;
}

export interface KeyMade {
  key: Key;
  secret: string;
}

export interface Person {
  id: number;
  name: string;
}

/** What `/api/events` sends, one member for each `event:` name. */
export type LiveEvent =
  | { type: "message.started"; data: { message: Message } }
  | {
      type: "message.delta";
      data: { conversation_id: string; message_id: string; text?: string; reasoning?: string };
    }
  | { type: "message.snapshot"; data: { message: Message } }
  | { type: "message.finished"; data: { message: Message } }
  | { type: "conversation.changed"; data: { conversation: Conversation } }
  | { type: "conversation.deleted"; data: { conversation_id: string } }
  | { type: "trace.started"; data: { trace: Trace } }
  | { type: "trace.settled"; data: { trace: Trace } }
  | { type: "endpoints.changed"; data: Record<string, never> };
