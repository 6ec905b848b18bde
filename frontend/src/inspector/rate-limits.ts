/** Rate limit headers in plain figures: "73 of 500 requests left, full again in 11 s". */

import type { Pair } from "./records";

export interface RateLimit {
  /** requests, tokens, input-tokens, ... as the provider names it. */
  unit: string;
  limit: number | null;
  left: number | null;
  reset: string | null;
}

const SHAPES: { pattern: RegExp; field: number; unit: number }[] = [
  { pattern: /^x-ratelimit-(limit|remaining|reset)(?:-([a-z-]+))?$/, field: 1, unit: 2 },
  { pattern: /^anthropic-ratelimit-([a-z-]+)-(limit|remaining|reset)$/, field: 2, unit: 1 },
];

export function rateLimits(headers: readonly Pair[]): RateLimit[] {
  const limits = new Map<string, RateLimit>();
  for (const [name, value] of headers) {
    for (const shape of SHAPES) {
      const match = shape.pattern.exec(name.toLowerCase());
      if (!match) continue;
      const unit = match[shape.unit] ?? "requests";
      const limit = limits.get(unit) ?? { unit, limit: null, left: null, reset: null };
      const count = value.trim() === "" ? Number.NaN : Number(value);
      if (match[shape.field] === "reset") limit.reset = value;
      else if (match[shape.field] === "limit") limit.limit = Number.isFinite(count) ? count : null;
      else limit.left = Number.isFinite(count) ? count : null;
      limits.set(unit, limit);
    }
  }
  return [...limits.values()].filter((limit) => limit.left !== null || limit.limit !== null);
}
