/** A price as the sum that it is: tokens times a price each, term by term. Pure. */

import type { Because, Cost, Usage } from "./records";

export interface Term {
  kind: "input" | "cached" | "written" | "output";
  tokens: number;
  perMillion: number;
  usd: number;
}

const MILLION = 1_000_000;

/**
 * The terms of a reckoned price; empty where it was not reckoned from prices per token. What is read
 * from a cache, or put into one, is no part of the fresh input; without a price of its own it costs
 * what input costs.
 */
export function termsOf(cost: Cost, usage: Usage | null | undefined): Term[] {
  const { input_usd_per_mtok: input, output_usd_per_mtok: output } = cost;
  if (typeof input !== "number" || typeof usage?.input_tokens !== "number") return [];
  const cached = Math.min(usage.cached_tokens ?? 0, usage.input_tokens);
  const writtenPrice = cost.written_usd_per_mtok;
  const written =
    typeof writtenPrice === "number" ? Math.min(usage.written_tokens ?? 0, usage.input_tokens - cached) : 0;
  const terms: Omit<Term, "usd">[] = [
    { kind: "input", tokens: usage.input_tokens - cached - written, perMillion: input },
  ];
  if (cached) terms.push({ kind: "cached", tokens: cached, perMillion: cost.cached_usd_per_mtok ?? input });
  if (written && typeof writtenPrice === "number")
    terms.push({ kind: "written", tokens: written, perMillion: writtenPrice });
  if (usage.output_tokens && typeof output === "number")
    terms.push({ kind: "output", tokens: usage.output_tokens, perMillion: output });
  return terms.map((term) => ({ ...term, usd: (term.tokens * term.perMillion) / MILLION }));
}

export interface Gap {
  tokens: number;
  /** Of what was reported, signed; null where nothing was. */
  part: number | null;
}

/** How far our own count lies from the provider's. */
export function gapOf(reported: number | null | undefined, counted: number | null | undefined): Gap | null {
  if (typeof reported !== "number" || typeof counted !== "number") return null;
  return { tokens: counted - reported, part: reported === 0 ? null : (counted - reported) / reported };
}

export type PriceSource =
  | { kind: "list"; name: string; version: string; entry: string }
  | { kind: "file"; because: Because }
  | { kind: "words"; text: string };

/** Where a price is from: a list with its version and the entry there, or a line of configuration. */
export function priceSource(source: string): PriceSource {
  const list = /^(\S+) (v?\d[\w.]*), (.+)$/.exec(source);
  if (list) return { kind: "list", name: list[1] ?? "", version: list[2] ?? "", entry: list[3] ?? "" };
  const file = /^([^\s:]+\.(?:ya?ml|toml)):(\d+)$/.exec(source);
  if (file) return { kind: "file", because: { source: file[1] ?? "", line: Number(file[2]) } };
  return { kind: "words", text: source };
}
