/** Ordering and comparing models by their facts. Unknown is not zero: it stands last, either way. */

import type { Endpoint, Fact, Model } from "../../api/types";

export type Column = "name" | "context" | "input" | "output";
export interface Order {
  column: Column;
  descending: boolean;
}

const FACT: Record<Exclude<Column, "name">, (model: Model) => number | null> = {
  context: (model) => model.context.value,
  input: (model) => model.input_usd_per_mtok.value,
  output: (model) => model.output_usd_per_mtok.value,
};

export function sortModels(models: readonly Model[], order: Order): Model[] {
  const sign = order.descending ? -1 : 1;
  return [...models].sort((a, b) => {
    if (order.column === "name") return sign * a.display_label.localeCompare(b.display_label);
    const read = FACT[order.column];
    const [left, right] = [read(a), read(b)];
    if (left === null || right === null) return Number(left === null) - Number(right === null);
    return sign * (left - right) || a.display_label.localeCompare(b.display_label);
  });
}

/** Which of the facts is the best one, when they are all known and not all the same. */
export function bestOf(facts: readonly Fact<number>[], wanted: "least" | "most"): number | null {
  const known = facts.map((fact) => fact.value).filter((value) => value !== null);
  if (known.length < 2 || new Set(known).size < 2) return null;
  return wanted === "least" ? Math.min(...known) : Math.max(...known);
}

/** Abilities as words; an unknown shape is still shown as it came. */
export function abilitiesOf(model: Model): string[] | null {
  const value: unknown = model.abilities.value;
  if (value === null || value === undefined) return null;
  if (Array.isArray(value)) return value.map(String);
  if (typeof value === "object")
    return Object.entries(value)
      .filter(([, has]) => Boolean(has))
      .map(([name]) => name);
  return [String(value)];
}

interface RuleParts {
  text: string;
  why: string | null;
  place: string | null;
}

/** A rule as the server writes it, cut into what it does and where it stands. */
export function ruleParts(rule: string): RuleParts {
  const match = /^(.*) · (\S+:\d+)$/s.exec(rule);
  const what = match?.[1] ?? rule;
  const why = what.indexOf(": ");
  return {
    text: why < 0 ? what : what.slice(0, why),
    why: why < 0 ? null : what.slice(why + 2),
    place: match?.[2] ?? null,
  };
}

/** A place in a file, or the word for where no file is at work. */
export function originOf(origin: { source: string; line: number | null }): string {
  return origin.line ? `${origin.source}:${origin.line}` : origin.source;
}

/** A local server that nobody has configured, and that is not there. */
export function isAbsent(endpoint: Endpoint): boolean {
  return endpoint.kind === "local" && endpoint.state === "not_configured";
}

/** Practice's dialects lie under one address; its doors are ports of their own. */
export function isDialect(endpoint: Endpoint): boolean {
  return endpoint.aside && /^https?:\/\/[^/]+\/practice\//.test(endpoint.base_url);
}

export const MOST_COMPARED = 4;

export function toggled(chosen: readonly string[], id: string): string[] {
  if (chosen.includes(id)) return chosen.filter((other) => other !== id);
  return chosen.length < MOST_COMPARED ? [...chosen, id] : [...chosen];
}
