/** The columns of the list: which there are, which are shown and in what order. Kept in this browser. */

import type { Sort } from "../api";

export const COLUMN_NAMES = [
  "time",
  "model",
  "answered",
  "endpoint",
  "caller",
  "key",
  "status",
  "att",
  "in",
  "out",
  "tokens",
  "reasoning",
  "cached",
  "cost",
  "ttft",
  "total",
  "rate",
  "mark",
  "findings",
  "dropped",
  "tags",
  "id",
  "waterfall",
] as const;
export type ColumnName = (typeof COLUMN_NAMES)[number];

export interface Column {
  /** Pixels; the waterfall takes what is left and no less than this. */
  width: number;
  right?: boolean;
  sort?: Sort;
}

export const COLUMNS: Record<ColumnName, Column> = {
  time: { width: 100, sort: "started" },
  model: { width: 224, sort: "model" },
  answered: { width: 200 },
  endpoint: { width: 112 },
  caller: { width: 92 },
  key: { width: 120 },
  status: { width: 100, sort: "status" },
  att: { width: 40, right: true },
  in: { width: 64, right: true },
  out: { width: 68, right: true },
  tokens: { width: 76, right: true, sort: "tokens" },
  reasoning: { width: 76, right: true },
  cached: { width: 68, right: true },
  cost: { width: 88, right: true, sort: "cost" },
  ttft: { width: 68, right: true, sort: "ttft" },
  total: { width: 72, right: true, sort: "latency" },
  rate: { width: 68, right: true, sort: "rate" },
  mark: { width: 184 },
  findings: { width: 170 },
  dropped: { width: 170 },
  tags: { width: 120 },
  id: { width: 150 },
  waterfall: { width: 300 },
};

export const SHOWN_FIRST: readonly ColumnName[] = [
  "time",
  "model",
  "status",
  "att",
  "in",
  "out",
  "cost",
  "ttft",
  "total",
  "mark",
  "waterfall",
];

const isColumn = (name: unknown): name is ColumnName =>
  typeof name === "string" && (COLUMN_NAMES as readonly string[]).includes(name);

/** What was kept, as far as it still makes sense: known names, each once, the waterfall last. */
export function readColumns(kept: string | null): ColumnName[] {
  if (kept === null) return [...SHOWN_FIRST];
  const names = kept.split(",").filter(isColumn);
  const once = [...new Set(names)];
  return once.length ? lastly(once) : [...SHOWN_FIRST];
}

/** The bars need the rest of the width, so they stand at the end. */
function lastly(names: ColumnName[]): ColumnName[] {
  return names.includes("waterfall") ? [...names.filter((name) => name !== "waterfall"), "waterfall"] : names;
}

export function toggled(shown: readonly ColumnName[], name: ColumnName): ColumnName[] {
  if (shown.includes(name)) return shown.length > 1 ? shown.filter((one) => one !== name) : [...shown];
  // Back where it stands among all columns, next to the neighbours that a reader knows.
  const rank = (one: ColumnName) => COLUMN_NAMES.indexOf(one);
  const at = shown.findIndex((one) => rank(one) > rank(name));
  return lastly(at < 0 ? [...shown, name] : [...shown.slice(0, at), name, ...shown.slice(at)]);
}

export function moved(shown: readonly ColumnName[], name: ColumnName, by: -1 | 1): ColumnName[] {
  const at = shown.indexOf(name);
  const to = at + by;
  const other = shown[to];
  if (at < 0 || other === undefined || other === "waterfall" || name === "waterfall") return [...shown];
  const next = [...shown];
  next[at] = other;
  next[to] = name;
  return next;
}

/** The narrowest that the table may be. */
export function leastWidth(shown: readonly ColumnName[]): number {
  return shown.reduce((sum, name) => sum + COLUMNS[name].width, 0);
}
