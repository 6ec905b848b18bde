/** What stands in the list, row by row: traces, the attempts of the open one, groups and what is in them. */

import type { Group, ListedTrace } from "../api";

export type Item =
  | { kind: "trace"; id: string; trace: ListedTrace; inside: boolean }
  | { kind: "attempts"; id: string; trace: ListedTrace }
  | { kind: "group"; id: string; group: Group; open: boolean }
  /** A word in place of a group's traces: they are on their way, or there are more than are shown. */
  | { kind: "more"; id: string; group: Group; state: "loading" | "more" | "failed" };

export const ROW = 28;
export const ATTEMPT = 25;
export const GROUP = 34;

export function heightOf(item: Item): number {
  if (item.kind === "attempts") return ATTEMPT * item.trace.attempts;
  return item.kind === "group" ? GROUP : ROW;
}

/** The arrows stop at these. */
export const isStop = (item: Item): boolean => item.kind !== "attempts";

function withAttempts(trace: ListedTrace, openId: string | undefined, inside: boolean): Item[] {
  const row: Item = { kind: "trace", id: trace.id, trace, inside };
  if (trace.id !== openId || trace.attempts < 2) return [row];
  return [row, { kind: "attempts", id: `${trace.id} attempts`, trace }];
}

export function traceItems(traces: readonly ListedTrace[], openId?: string): Item[] {
  return traces.flatMap((trace) => withAttempts(trace, openId, false));
}

/** The traces of an open group; undefined until they are here, null when they could not be had. */
export type Members = ReadonlyMap<string, readonly ListedTrace[] | null | undefined>;

export function groupItems(groups: readonly Group[], members: Members, openId?: string): Item[] {
  return groups.flatMap((group): Item[] => {
    const open = members.has(group.id);
    const head: Item = { kind: "group", id: `group ${group.id}`, group, open };
    if (!open) return [head];
    const traces = members.get(group.id);
    const more = (state: "loading" | "more" | "failed"): Item => ({
      kind: "more",
      id: `more ${group.id}`,
      group,
      state,
    });
    if (traces === undefined) return [head, more("loading")];
    if (traces === null) return [head, more("failed")];
    const rows = traces.flatMap((trace) => withAttempts(trace, openId, true));
    return traces.length < group.count ? [head, ...rows, more("more")] : [head, ...rows];
  });
}

export const tracesIn = (items: readonly Item[]): ListedTrace[] =>
  items.flatMap((item) => (item.kind === "trace" ? [item.trace] : []));
