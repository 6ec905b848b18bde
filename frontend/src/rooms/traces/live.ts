/** New traces and the list: what changes in its place, what comes on top, what waits. All of it pure. */

import type { InfiniteData } from "@tanstack/react-query";
import type { ListedTrace, TracePageOfList } from "./api";

export type Pages = InfiniteData<TracePageOfList, string | null>;

/** The same pages with traces that have changed, and the changed ones that are not listed. */
export function refreshed(data: Pages, changed: ReadonlyMap<string, ListedTrace>): [Pages, ListedTrace[]] {
  const rest = new Map(changed);
  let touched = false;
  const pages = data.pages.map((page) => {
    if (!page.traces.some((trace) => rest.has(trace.id))) return page;
    touched = true;
    return {
      ...page,
      traces: page.traces.map((trace) => {
        const now = rest.get(trace.id);
        rest.delete(trace.id);
        return now ?? trace;
      }),
    };
  });
  return [touched ? { ...data, pages } : data, [...rest.values()]];
}

/** The same pages with new traces at the head, newest first. */
export function prepended(data: Pages, fresh: readonly ListedTrace[]): Pages {
  const [first, ...others] = data.pages;
  if (!first || fresh.length === 0) return data;
  const newest = [...fresh].sort((a, b) => b.started_at - a.started_at);
  const head = { ...first, traces: [...newest, ...first.traces], total: first.total + fresh.length };
  return { ...data, pages: [head, ...others] };
}

/** What waits to be shown, held by id so that a trace that goes on is counted once. */
export function waiting(
  held: ReadonlyMap<string, ListedTrace>,
  fresh: readonly ListedTrace[],
): ReadonlyMap<string, ListedTrace> {
  if (fresh.length === 0) return held;
  const next = new Map(held);
  for (const trace of fresh) next.set(trace.id, trace);
  return next;
}

/** A trace that came in by the event stream may come again with the next page. */
export function unique(pages: readonly TracePageOfList[]): ListedTrace[] {
  const seen = new Set<string>();
  return pages
    .flatMap((page) => page.traces)
    .filter((trace) => {
      if (seen.has(trace.id)) return false;
      seen.add(trace.id);
      return true;
    });
}
