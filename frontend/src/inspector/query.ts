import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { get } from "../api/client";
import type { TracePage } from "../api/types";

/** One trace, asked for again twice a second while it lives; a settled one never changes. */
export function traceQuery(id: string) {
  return queryOptions({
    queryKey: ["trace", id],
    queryFn: ({ signal }) => get<TracePage>(`/api/traces/${encodeURIComponent(id)}`, signal),
    refetchInterval: ({ state }) => (state.data?.trace.outcome === "live" ? 500 : false),
    staleTime: ({ state }) =>
      state.data && state.data.trace.outcome !== "live" ? Number.POSITIVE_INFINITY : 0,
    // Walking the list with the arrows must not flash an empty sheet between two traces.
    placeholderData: keepPreviousData,
  });
}
