/**
 * Keys without the page: which models a pattern means (as `accounts/scopes.py` has it), what is typed into
 * the form and back, and how a key's rules are told in a line.
 */

import type { Key, KeyBody, KeyChange, KeyRules, KeyUse } from "../../api/types";
import { count, money } from "../../format";

/** A model or preset as GET /v1/models names it, and where it leads. */
export interface Target {
  name: string;
  endpoint: string;
}

/** `*` stands for anything, slashes included; letter case does not matter. */
export function matches(pattern: string, name: string): boolean {
  const literal = pattern.toLowerCase().split("*").map(escaped);
  return new RegExp(`^${literal.join("[^]*")}$`).test(name.toLowerCase());
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** Whether a key with these patterns may use it. */
export function mayUse(
  { models, endpoints }: Pick<KeyRules, "models" | "endpoints">,
  target: Target,
): boolean {
  if (endpoints.length && !endpoints.some((pattern) => matches(pattern, target.endpoint))) return false;
  if (!models.length) return true;
  const head = `${target.endpoint.toLowerCase()}/`;
  const id = target.name.toLowerCase().startsWith(head) ? target.name.slice(head.length) : target.name;
  return models.some(
    (pattern) => matches(pattern, target.name) || (!pattern.includes("/") && matches(pattern, id)),
  );
}

export const LIMITS = ["requests_per_minute", "tokens_per_minute", "requests_per_day", "concurrent"] as const;
export type LimitName = (typeof LIMITS)[number];

/** "keep" is what a key had, "date" the day that is typed beside it; the others are spans. */
export const EXPIRIES = ["never", "7d", "30d", "90d", "365d", "date"] as const;
export type Expiry = (typeof EXPIRIES)[number] | "keep";

/** What is typed. */
export interface Typed extends Record<LimitName, string> {
  name: string;
  note: string;
  models: string;
  endpoints: string;
  tags: string;
  expiry: Expiry;
  date: string;
  lenient: boolean;
  explain: boolean;
}

export const EMPTY: Typed = {
  name: "",
  note: "",
  models: "",
  endpoints: "",
  tags: "",
  expiry: "never",
  date: "",
  requests_per_minute: "",
  tokens_per_minute: "",
  requests_per_day: "",
  concurrent: "",
  lenient: false,
  explain: false,
};

/** A key as its form begins. */
export function typedOf({ name, note, rules, expires_at }: Key): Typed {
  return {
    name,
    note: note ?? "",
    models: rules.models.join(", "),
    endpoints: rules.endpoints.join(", "),
    tags: rules.tags.join(", "),
    expiry: expires_at === null ? "never" : "keep",
    date: "",
    requests_per_minute: figure(rules.requests_per_minute),
    tokens_per_minute: figure(rules.tokens_per_minute),
    requests_per_day: figure(rules.requests_per_day),
    concurrent: figure(rules.concurrent),
    lenient: rules.lenient,
    explain: rules.explain_errors,
  };
}

const figure = (limit: number | null) => (limit === null ? "" : String(limit));

/** What stands between commas; a lone star is all, which is what nothing means. */
export function words(text: string): string[] {
  const found = text
    .split(",")
    .map((word) => word.trim())
    .filter(Boolean);
  return found.length === 1 && found[0] === "*" ? [] : found;
}

/** The limit that is typed; null for none, undefined where it is no limit. */
export function limitOf(text: string): number | null | undefined {
  const figures = text.replace(/[\s.,_']/g, "");
  if (!figures) return null;
  if (!/^\d{1,12}$/.test(figures)) return undefined;
  return Number(figures) || null;
}

export type Wrong = LimitName | "name" | "date";

/** The body to send, or the field that cannot be sent. */
export function bodyOf(typed: Typed): KeyBody | Wrong {
  if (!typed.name.trim()) return "name";
  for (const name of LIMITS) if (limitOf(typed[name]) === undefined) return name;
  if (typed.expiry === "date" && !typed.date) return "date";
  const limit = (name: LimitName) => limitOf(typed[name]) ?? null;
  return {
    name: typed.name.trim(),
    note: typed.note.trim() || null,
    expires: typed.expiry === "never" ? null : typed.expiry === "date" ? typed.date : typed.expiry,
    rules: {
      models: words(typed.models),
      endpoints: words(typed.endpoints),
      tags: words(typed.tags),
      requests_per_minute: limit("requests_per_minute"),
      tokens_per_minute: limit("tokens_per_minute"),
      requests_per_day: limit("requests_per_day"),
      concurrent: limit("concurrent"),
      lenient: typed.lenient,
      explain_errors: typed.explain,
    },
  };
}

/** The same for a key that is there: its end stays unless another was chosen. */
export function changeOf(typed: Typed): KeyChange | Wrong {
  const body = bodyOf(typed);
  if (typeof body === "string" || typed.expiry !== "keep") return body;
  const { expires: _, ...rest } = body;
  return rest;
}

/** A command that asks with the key; a model of its scope, or practice, which costs nothing. */
export function curlOf(gateway: string, secret: string, model: string): string {
  const body = JSON.stringify({ model, messages: [{ role: "user", content: "Hello" }] });
  return [
    `curl ${gateway}/chat/completions`,
    `-H "Authorization: Bearer ${secret}"`,
    '-H "Content-Type: application/json"',
    `-d '${body.replaceAll("'", "'\\''")}'`,
  ].join(" \\\n  ");
}

/** Money spent: "at least" where the cost of some of it is unknown, in words where it is of all. */
export function spent({ cost_usd, unpriced }: KeyUse, unknown: string): string {
  if (unpriced && !cost_usd) return unknown;
  return `${unpriced ? "≥ " : ""}${money(cost_usd)}`;
}

/** 100,000 is 100k: a limit in a line has little room. */
export function short(limit: number): string {
  if (limit >= 1_000_000 && limit % 100_000 === 0) return `${limit / 1_000_000}M`;
  if (limit >= 10_000 && limit % 1000 === 0) return `${limit / 1000}k`;
  return count(limit);
}
