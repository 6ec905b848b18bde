/**
 * The bodies of `/api`, under the names that the browser side uses. They are made from the server's own
 * description (`make types`); only what OpenAPI cannot say is said here: which facts are numbers, and what
 * the event stream sends. Times are Unix seconds, durations seconds, money USD, counts tokens; null means
 * unknown.
 */

import type { components } from "./schema.gen";

type Schemas = components["schemas"];
/** The same, where fields that the server fills in by itself need not be given. */
type Given<T, K extends keyof T> = Omit<T, K> & Partial<Pick<T, K>>;

export type Problem = Given<
  Schemas["ProblemShape"],
  "fix" | "param" | "provider_status" | "provider_body" | "retry_after" | "names"
>;
export type Chip = Schemas["ChipShape"];
export type Message = Omit<Schemas["MessageShape"], "problem"> & { problem: Problem | null };
export type Call = Schemas["CallShape"];
export type Conversation = Schemas["ConversationShape"];
export type ConversationPage = { conversation: Conversation; messages: Message[] };
export type ConversationChange = Partial<Schemas["ConversationChange"]>;

/** A line of the doctor. */
export type Step = Schemas["StepShape"];

export type Parameters = Record<string, unknown>;
export type SendBody = Given<
  Schemas["SendBody"],
  "conversation_id" | "parent_id" | "model" | "preset" | "parameters"
>;
export type RegenerateBody = Given<Schemas["RegenerateBody"], "model" | "preset" | "parameters">;
export type Sent = { conversation: Conversation; message: Message | null; answer: Message };

export interface Fact<T = unknown> {
  value: T | null;
  source: string | null;
}

export type Model = Omit<
  Schemas["ModelShape"],
  "context" | "input_usd_per_mtok" | "output_usd_per_mtok" | "abilities" | "targets"
> & {
  /** Of a route alone. */
  targets?: Schemas["ModelShape"]["targets"];
  context: Fact<number>;
  input_usd_per_mtok: Fact<number>;
  output_usd_per_mtok: Fact<number>;
  abilities: Fact<string[]>;
};

export type Preset = Schemas["PresetShape"];
export type PresetList = Schemas["PresetList"];

export type Where = Schemas["WhereShape"];
export type KeyState = Schemas["KeyStateShape"];
export type Endpoint = Omit<Schemas["EndpointShape"], "models" | "fetch_problem"> & {
  models: Model[];
  fetch_problem: Problem | null;
};
export type Standing = Schemas["StandingShape"];
export type Sighting = Schemas["SightingShape"];
export type LocalModel = Omit<Schemas["LocalModelShape"], "used" | "limit"> & {
  used: Fact<number>;
  limit: Fact<number>;
};
export type Pull = Omit<Schemas["PullShape"], "problem"> & { problem: Problem | null };
export type LocalServer = Omit<Schemas["LocalServerShape"], "models" | "pulls"> & {
  models: LocalModel[];
  pulls: Pull[];
};
export type Verdict = Schemas["VerdictShape"];
export type VerdictCode = Schemas["CodeShape"];
export type ConfigVariable = Schemas["VariableShape"];
export type ConfigFile = Schemas["ConfigShape"];
export type ConfigRead = Schemas["ReadShape"];
export type Status = Schemas["StatusShape"];

export type Trace = Schemas["TraceShape"];
export type TraceList = Schemas["TraceList"];

/** Bytes of a request or reply; `exact` false says that some were not UTF-8. `size` is in bytes. */
export interface Body {
  text: string;
  size: number;
  exact: boolean;
}

/** Bytes as they came from the socket, `at` seconds after the attempt began. */
export interface Frame {
  at: number;
  text: string;
  size: number;
  kind: string;
  /** The bytes themselves, where some are not UTF-8. */
  hex?: string;
}

/** `records` are in order; each has `type` and the fields of its record in `filon.trace.records`. */
export interface TracePage {
  trace: Trace;
  records: Array<{ type: string } & Record<string, unknown>>;
}

export type Key = Schemas["KeyShape"];
export type KeyRules = Schemas["KeyRulesShape"];
export type KeyUse = Schemas["KeyUseShape"];
export type KeyDay = Schemas["KeyDayShape"];
export type KeyList = Schemas["KeyList"];
export type KeyMade = Schemas["KeyMade"];
export type KeyBody = Schemas["KeyBody"];
export type KeyChange = Partial<Schemas["KeyChange"]>;
export type Person = Schemas["PersonShape"];

export type Practice = Schemas["PracticeShape"];
export type PracticeModel = Schemas["PracticeModelShape"];
export type Dialect = Schemas["DialectShape"];
export type Limits = Schemas["LimitsShape"];
export type Fault = Schemas["FaultShape"];
export type Rule = Schemas["RuleShape"];
export type RuleBody = Schemas["RuleBody"];
export type LedgerLine = Schemas["LineShape"];
export type LedgerDetail = Schemas["LineDetailShape"];

/** What came of an answer since; `calls` are pieces of them, by their index. */
export interface MessageDelta {
  conversation_id: string;
  message_id: string;
  text?: string;
  refusal?: string;
  reasoning?: string;
  calls?: Call[];
  thinking_since?: number;
}

/** What `/api/events` sends, one member for each `event:` name. */
export type LiveEvent =
  | { type: "message.started"; data: { message: Message } }
  | { type: "message.delta"; data: MessageDelta }
  | { type: "message.snapshot"; data: { message: Message } }
  | { type: "message.finished"; data: { message: Message } }
  | { type: "conversation.changed"; data: { conversation: Conversation } }
  | { type: "conversation.deleted"; data: { conversation_id: string } }
  | { type: "trace.started"; data: { trace: Trace } }
  | { type: "trace.settled"; data: { trace: Trace } }
  | { type: "endpoints.changed"; data: Record<string, never> }
  | { type: "config.changed"; data: Record<string, never> };
