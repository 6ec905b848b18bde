import { type InfiniteData, keepPreviousData, useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { get } from "../../api/client";
import type { Trace, TraceList } from "../../api/types";
import { onLiveEvent, useStore } from "../../core/store";

export interface Filter {
  q?: string;
  failed?: boolean;
  caller?: string;
  /** The id of a key of the gateway. */
  key?: string;
}

export const isFiltered = ({ q, failed, caller, key }: Filter) => Boolean(q || failed || caller || key);

const PAGE = 100;

function pathOf(filter: Filter, before: string | null): string {
  const query = new URLSearchParams({ limit: String(PAGE) });
  if (before) query.set("before", before);
  if (filter.q) query.set("q", filter.q);
  if (filter.failed) query.set("outcome", "failed");
  if (filter.caller) query.set("caller", filter.caller);
  if (filter.key) query.set("key", filter.key);
  return `/api/traces?${query}`;
}

/** The listed traces, newest first, kept fresh by the event stream or, without it, by asking. */
export function useTraces(filter: Filter) {
  const client = useQueryClient();
  const open = useStore((state) => state.connection === "open");
  const key = ["traces", filter] as const;
  const query = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam, signal }) => get<TraceList>(pathOf(filter, pageParam), signal),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
    placeholderData: keepPreviousData,
    // Without the stream the list is asked for; with it, only to see how far the live ones have come.
    refetchInterval: ({ state }) => {
      if (!open) return 3000;
      const pages = state.data?.pages ?? [];
      return pages.length === 1 && pages[0]?.traces.some((trace) => trace.outcome === "live") ? 2000 : false;
    },
    staleTime: 2000,
  });

  const name = JSON.stringify(key);
  useEffect(() => {
    const [, own] = JSON.parse(name) as ["traces", Filter];
    const filtered = isFiltered(own);
    return onLiveEvent((event) => {
      if (event.type !== "trace.started" && event.type !== "trace.settled") return;
      const { trace } = event.data;
      client.setQueryData<InfiniteData<TraceList>>(
        ["traces", own],
        (data) => data && placed(data, trace, !filtered),
      );
      // Whether a new one matches the filter is the server's to say.
      if (filtered) void client.invalidateQueries({ queryKey: ["traces", own] });
    });
  }, [client, name]);

  const pages = query.data?.pages ?? [];
  return { query, traces: unique(pages.flatMap((page) => page.traces)), total: pages[0]?.total ?? 0 };
}

/** The same pages with a trace in its place: replaced where it stands, else first. */
export function placed(
  data: InfiniteData<TraceList>,
  trace: Trace,
  mayAdd: boolean,
): InfiniteData<TraceList> {
  let found = false;
  const pages = data.pages.map((page) => ({
    ...page,
    traces: page.traces.map((old) => {
      if (old.id !== trace.id) return old;
      found = true;
      return trace;
    }),
  }));
  const first = pages[0];
  if (!found && mayAdd && first) {
    first.traces = [trace, ...first.traces];
    first.total += 1;
  }
  return { ...data, pages };
}

/** A trace that came in by the event stream may come again with the next page. */
function unique(traces: Trace[]): Trace[] {
  const seen = new Set<string>();
  return traces.filter((trace) => !seen.has(trace.id) && seen.add(trace.id));
}
