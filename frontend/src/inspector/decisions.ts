/** The order, the signs and the places of parameter decisions. */

import type { Because, Decision, Verdict } from "./records";

export const SIGN: Record<Verdict, string> = {
  kept: "=",
  defaulted: "d",
  added: "+",
  renamed: "→",
  clamped: "≤",
  dropped: "−",
  no_effect: "∅",
};

/** What was lost comes first, what was changed next, what went as asked last. */
const ORDER: Verdict[] = ["dropped", "no_effect", "clamped", "renamed", "added", "defaulted", "kept"];

export type Weight = "loss" | "change" | "quiet";

export function weightOf(verdict: Verdict): Weight {
  if (verdict === "dropped" || verdict === "no_effect") return "loss";
  return verdict === "kept" ? "quiet" : "change";
}

export function ordered(decisions: readonly Decision[]): Decision[] {
  return decisions
    .map((decision, index) => ({ decision, index }))
    .sort(
      (a, b) => ORDER.indexOf(a.decision.decision) - ORDER.indexOf(b.decision.decision) || a.index - b.index,
    )
    .map(({ decision }) => decision);
}

export function lostCount(decisions: readonly Decision[]): number {
  return decisions.filter((d) => weightOf(d.decision) === "loss").length;
}

export function countByVerdict(decisions: readonly Decision[]): { verdict: Verdict; count: number }[] {
  return ORDER.map((verdict) => ({
    verdict,
    count: decisions.filter((d) => d.decision === verdict).length,
  })).filter(({ count }) => count > 0);
}

/** Sources that are words, not files; they are translated, files are not. */
const WORDS = new Set(["you", "preset", "default", "filon"]);

export function isFile(because: Because): boolean {
  return !WORDS.has(because.source);
}

export function placeOf(because: Because): string {
  return because.line ? `${because.source}:${because.line}` : because.source;
}

/** A parameter's value as JSON; absent ones are absent, not `null`. */
export function asJson(value: unknown): string {
  if (value === undefined || value === null) return "";
  return JSON.stringify(value);
}

/** The reason in words, where there is one. */
export function reasonOf(decision: Decision): string | null {
  return decision.note ?? decision.because.why ?? null;
}
