/** What the address says of this room, so that any view of it can be linked. */

import { GROUPINGS, type Grouping, type Order, SORTS, type Sort } from "./api";
import { termOf, tokensOf } from "./filter/terms";
import type { AxisMode } from "./list/waterfall";

export interface Place {
  q?: string;
  sort?: Sort;
  order?: Order;
  group?: Grouping;
  axis?: AxisMode;
}

const oneOf = <T extends string>(all: readonly T[], value: unknown): T | undefined =>
  all.find((one) => one === value);

/** An address written by hand may hold a number or a truth where words were meant: `?q=404`. */
const words = (value: unknown): string =>
  typeof value === "string" ? value.trim() : typeof value === "number" ? String(value) : "";

/** The place; parameters of older addresses become terms of the filter. */
export function readPlace(search: Record<string, unknown>): Place {
  const terms = tokensOf(words(search.q)).map((token) => token.text);
  if (search.failed === true) terms.push(termOf("is", "failed"));
  for (const key of ["caller", "key"]) {
    const value = words(search[key]);
    if (value) terms.push(termOf(key, value));
  }
  return {
    q: terms.join(" ") || undefined,
    sort: oneOf(SORTS, search.sort),
    order: oneOf(["asc", "desc"] as const, search.order),
    group: oneOf(GROUPINGS, search.group),
    axis: oneOf(["clock", "start"] as const, search.axis),
  };
}

/** Whether the address is one of the older ones and should be written anew. */
export const isOld = (search: Record<string, unknown>): boolean =>
  ["failed", "caller", "key"].some((name) => search[name] !== undefined);

/** The parameters of a place, without those that say what would be so anyway. */
export function searchOf({ q, sort, order, group, axis }: Place): Record<string, unknown> {
  return {
    q: q?.trim() || undefined,
    sort: sort === "started" ? undefined : sort,
    order: order === firstOrder(sort ?? "started") ? undefined : order,
    group,
    axis,
  };
}

/** Which way a column is sorted at its first press: what is most, slowest or newest comes first. */
export const firstOrder = (sort: Sort): Order => (sort === "model" || sort === "status" ? "asc" : "desc");
