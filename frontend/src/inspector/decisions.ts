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

/** A parameter is lost only when somebody wanted it: a `dropParams` that met nothing took nothing. */
export function weightOf({ decision, wanted }: Pick<Decision, "decision" | "wanted">): Weight {
  if (decision === "dropped" || decision === "no_effect")
    return wanted === null || wanted === undefined ? "quiet" : "loss";
  return decision === "kept" ? "quiet" : "change";
}

export function ordered(decisions: readonly Decision[]): Decision[] {
  return decisions
    .map((decision, index) => ({ decision, index, rank: rankOf(decision) }))
    .sort((a, b) => a.rank - b.rank || a.index - b.index)
    .map(({ decision }) => decision);
}

/** Losses, changes, what went as asked, and last the rules that met nothing. */
function rankOf(decision: Decision): number {
  const order = ORDER.indexOf(decision.decision);
  if (weightOf(decision) === "quiet" && decision.decision !== "kept") return ORDER.length + order;
  return order;
}

export function lostCount(decisions: readonly Decision[]): number {
  return decisions.filter((d) => weightOf(d) === "loss").length;
}

export interface Tally {
  verdict: Verdict;
  weight: Weight;
  count: number;
}

/** How many of each kind, in the order of the rows. */
export function countByVerdict(decisions: readonly Decision[]): Tally[] {
  const tallies = new Map<string, Tally>();
  for (const decision of ordered(decisions)) {
    const weight = weightOf(decision);
    const key = `${weight} ${decision.decision}`;
    const tally = tallies.get(key) ?? { verdict: decision.decision, weight, count: 0 };
    tally.count += 1;
    tallies.set(key, tally);
  }
  return [...tallies.values()];
}

/** Sources that are words, not files; they are translated, files are not. */
const WORDS = new Set(["you", "preset", "default", "filon", "provider"]);

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
