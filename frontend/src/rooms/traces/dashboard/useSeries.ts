import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { get } from "../../../api/client";
import { onLiveEvent } from "../../../core/store";
import type { Series } from "../api";

export type SeriesBy = "model" | "endpoint" | "none";

/** A busy gateway settles many traces a second; the dashboard follows in steps, in milliseconds. */
const FOLLOW = 3000;

/** Figures over the time and the filter that are looked at. */
export function useSeries(q: string, by: SeriesBy, enabled = true) {
  return useQuery({
    queryKey: ["traces", "series", by, q],
    // Since and until stand in the filter, where `1h` ago is another moment each time it is asked for.
    queryFn: ({ signal }) => get<Series>(`/api/traces/series?${new URLSearchParams({ by, q })}`, signal),
    enabled,
    staleTime: 5000,
    placeholderData: keepPreviousData,
  });
}

/** Asks for the figures again after requests have come to an end, unless they shall stand still. */
export function useFreshSeries(paused: boolean): void {
  const client = useQueryClient();
  useEffect(() => {
    if (paused) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const end = onLiveEvent((event) => {
      if (event.type !== "trace.settled" || timer) return;
      timer = setTimeout(() => {
        timer = undefined;
        void client.invalidateQueries({ queryKey: ["traces", "series"] });
      }, FOLLOW);
    });
    return () => {
      clearTimeout(timer);
      end();
    };
  }, [client, paused]);
}
