/** A dialect's limits as numbers that can be typed. */

import type { Limits } from "../../../api/types";

export const LIMITS = [
  "requests_per_second",
  "requests_per_minute",
  "requests_per_day",
  "tokens_per_minute",
  "tokens_per_day",
  "concurrent",
] as const;
export type LimitName = (typeof LIMITS)[number];

export function sameLimits(left: Limits, right: Limits): boolean {
  return LIMITS.every((name) => (left[name] ?? null) === (right[name] ?? null));
}

/** The limit that was typed: nothing is no limit (null), and undefined is what cannot be one. */
export function readLimit(text: string): number | null | undefined {
  const trimmed = text.trim();
  if (trimmed === "") return null;
  const number = Number(trimmed.replace(",", "."));
  return Number.isFinite(number) && number >= 0 && number <= 1e9 ? number : undefined;
}
