/** Rate limit headers in plain figures: "73 of 500 requests left, resets in 11 s". Pure. */

import { header, type Pair } from "./records";

export interface RateLimit {
  /** requests, tokens, input-tokens, ... as the provider names it. */
  unit: string;
  /** day, minute, ... where the name or the provider's habit says it. */
  per: string | null;
  limit: number | null;
  left: number | null;
  /** Seconds from the reply until it is full again; null where it cannot be read. */
  reset: number | null;
  /** The header's value, where it cannot be read as a time. */
  told: string | null;
}

const SHAPES: { pattern: RegExp; field: number; unit: number }[] = [
  // OpenAI and its kin, GitHub's kin with one limit, and the draft of the IETF.
  {
    pattern: /^x-ratelimit-(limit|remaining|reset)(?:-(?:after-)?([a-z0-9_-]+))?$/,
    field: 1,
    unit: 2,
  },
  { pattern: /^ratelimit-(limit|remaining|reset)(?:-([a-z0-9_-]+))?$/, field: 1, unit: 2 },
  // Mistral's kin: x-ratelimitbysize-remaining-minute.
  { pattern: /^x-ratelimitby[a-z]+-(limit|remaining|reset)-([a-z]+)$/, field: 1, unit: 2 },
  { pattern: /^anthropic-(?:priority-)?ratelimit-([a-z-]+)-(limit|remaining|reset)$/, field: 2, unit: 1 },
  // Fireworks: x-ratelimit-tokens-generated-limit-...; what others call over-limit is no count.
  { pattern: /^x-ratelimit-([a-z-]+?)-(limit|remaining|reset)$/, field: 2, unit: 1 },
];

/** Groq's own names: requests are those of a day, tokens those of a minute. */
const GROQ: Record<string, string> = { requests: "day", tokens: "minute" };

const PERIOD = /[-_](day|hour|minute|second)$/;

/** `now` is the Unix time of the reply: absolute moments are told from there. */
export function rateLimits(headers: readonly Pair[], now = 0): RateLimit[] {
  const groq = headers.some(([name]) => name.toLowerCase() === "x-groq-region");
  const limits = new Map<string, RateLimit>();
  for (const [name, value] of headers) {
    for (const shape of SHAPES) {
      const match = shape.pattern.exec(name.toLowerCase());
      if (!match) continue;
      add(limits, match[shape.field] ?? "", match[shape.unit] ?? "requests", value, now);
      break;
    }
  }
  return [...limits.values()]
    .filter((limit) => limit.left !== null || limit.limit !== null)
    .map((limit) => ({ ...limit, per: limit.per ?? (groq ? (GROQ[limit.unit] ?? null) : null) }));
}

function add(limits: Map<string, RateLimit>, field: string, name: string, value: string, now: number): void {
  const per = PERIOD.exec(`-${name}`)?.[1] ?? null;
  const unit = `-${name}`.replace(PERIOD, "").slice(1) || "requests";
  const key = `${unit} ${per}`;
  const limit = limits.get(key) ?? { unit, per, limit: null, left: null, reset: null, told: null };
  // The IETF's draft adds the policy behind a comma or semicolon: 100, 100;w=60.
  const count = value.trim() === "" ? Number.NaN : Number(value.split(/[,;]/)[0]);
  if (field === "reset") {
    limit.reset = secondsUntil(value, now);
    limit.told = limit.reset === null ? value : null;
  } else if (Number.isFinite(count)) limit[field === "limit" ? "limit" : "left"] = count;
  limits.set(key, limit);
}

const UNITS: Record<string, number> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400 };
/** Beyond it a bare number is no duration but a moment in Unix time: ten years in seconds. */
const LONGEST = 315_360_000;

/** Durations (`6m0s`, `1.5s`, `120ms`), seconds, Unix seconds or milliseconds, and RFC 3339 or HTTP dates. */
export function secondsUntil(value: string, now: number): number | null {
  const text = value.trim();
  if (/^\d+(\.\d+)?$/.test(text)) {
    const number = Number(text);
    if (number < LONGEST) return number;
    const moment = number > 1e11 ? number / 1000 : number;
    return now > 0 ? Math.max(0, moment - now) : null;
  }
  if (/^(\d+(\.\d+)?(ms|s|m|h|d))+$/.test(text)) {
    let seconds = 0;
    for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g))
      seconds += Number(amount) * (UNITS[unit ?? "s"] ?? 1);
    return seconds;
  }
  const moment = Date.parse(text) / 1000;
  return Number.isFinite(moment) && now > 0 ? Math.max(0, moment - now) : null;
}

/** How long the provider asks to wait, and in which header, in the order in which they are exact. */
export function retryAfterIn(
  headers: readonly Pair[],
  now: number,
): { name: string; seconds: number } | null {
  for (const name of ["retry-after-ms", "x-ms-retry-after-ms", "retry-after"]) {
    const value = header(headers, name);
    if (value === undefined) continue;
    const seconds = secondsUntil(name.endsWith("-ms") ? `${value.trim()}ms` : value, now);
    if (seconds !== null) return { name, seconds };
  }
  return null;
}
