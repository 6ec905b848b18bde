import { keepPreviousData, useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { get } from "../../../api/client";
import { onLiveEvent, useStore } from "../../../core/store";
import type { ListedTrace, Order, Sort, TracePageOfList } from "../api";
import { type Pages, prepended, refreshed, unique, waiting } from "../live";

export interface Listing {
  q: string;
  sort: Sort;
  order: Order;
}

const PAGE = 200;
/** Events of a busy gateway are put into the list together, in milliseconds. */
const GATHER = 120;
/** How often the server is asked which new traces match a filter, in milliseconds. */
const ASK = 1000;
/** More new ones than this at the head of a list, and it begins anew. */
const MOST_ON_TOP = 1000;

const NONE: ReadonlyMap<string, ListedTrace> = new Map();

export function pathOf({ q, sort, order }: Listing, before: string | null, limit = PAGE): string {
  const query = new URLSearchParams({ limit: String(limit) });
  if (before) query.set("before", before);
  if (q) query.set("q", q);
  if (sort !== "started") query.set("sort", sort);
  if (order !== "desc") query.set("order", order);
  return `/api/traces?${query}`;
}

/**
 * The listed traces, kept fresh by the event stream or, without it, by asking. While `paused`, and where
 * the order leaves new ones no place, they wait and are counted; what is listed changes in its place.
 */
export function useTraces(listing: Listing, paused: boolean, enabled = true) {
  const client = useQueryClient();
  const connected = useStore((state) => state.connection === "open");
  const { q, sort, order } = listing;
  const key = useMemo(() => ["traces", "list", { q, sort, order }] as const, [q, sort, order]);
  const onTop = sort === "started" && order === "desc";
  const follow = onTop && !paused;
  const [held, setHeld] = useState(NONE);
  const query = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam, signal }) => get<TracePageOfList>(pathOf(listing, pageParam), signal),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
    placeholderData: keepPreviousData,
    enabled,
    // Without the stream the list is asked for; with it, only to see how far the live ones have come.
    refetchInterval: ({ state }) => {
      if (state.error) return false;
      if (!connected) return follow ? 3000 : false;
      const pages = state.data?.pages ?? [];
      return follow && pages.length === 1 && pages[0]?.traces.some((trace) => trace.outcome === "live")
        ? 2000
        : false;
    },
    staleTime: 2000,
  });

  // biome-ignore lint/correctness/useExhaustiveDependencies: another list has nothing waiting for it
  useEffect(() => setHeld(NONE), [key]);

  const startOver = useCallback(() => {
    setHeld(NONE);
    client.setQueryData<Pages>(
      key,
      (data) => data && { pages: data.pages.slice(0, 1), pageParams: data.pageParams.slice(0, 1) },
    );
    void client.invalidateQueries({ queryKey: key, exact: true });
  }, [client, key]);

  const arrived = useCallback(
    (fresh: ListedTrace[]) => {
      if (fresh.length === 0) return;
      if (!follow) return setHeld((old) => waiting(old, fresh));
      client.setQueryData<Pages>(key, (data) => data && prepended(data, fresh));
      if ((client.getQueryData<Pages>(key)?.pages[0]?.traces.length ?? 0) > MOST_ON_TOP + PAGE) startOver();
    },
    [client, key, follow, startOver],
  );

  const ask = useAsk({
    q,
    onTop,
    page: query.dataUpdatedAt,
    arrived,
    known: () => knownIds(client, key, held),
  });
  useEffect(() => {
    if (!enabled) return;
    const gathered = new Map<string, ListedTrace>();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const flush = () => {
      timer = undefined;
      const changed = new Map(gathered);
      gathered.clear();
      const data = client.getQueryData<Pages>(key);
      if (!data) return;
      const [next, rest] = refreshed(data, changed);
      if (next !== data) client.setQueryData<Pages>(key, next);
      if (rest.length === 0) return;
      // Whether a new one matches the filter is the server's to say.
      if (q) ask();
      else arrived(rest);
    };
    const end = onLiveEvent((event) => {
      if (event.type !== "trace.started" && event.type !== "trace.settled") return;
      gathered.set(event.data.trace.id, event.data.trace);
      timer ??= setTimeout(flush, GATHER);
    });
    return () => {
      clearTimeout(timer);
      end();
    };
  }, [client, key, q, enabled, ask, arrived]);

  // What waited comes in when the list may move again.
  const release = useCallback(() => {
    if (onTop && held.size <= PAGE) {
      client.setQueryData<Pages>(key, (data) => data && prepended(data, [...held.values()]));
      setHeld(NONE);
    } else startOver();
  }, [client, key, held, onTop, startOver]);
  useEffect(() => {
    if (follow && held.size > 0) release();
  }, [follow, held, release]);

  const pages = query.data?.pages;
  const traces = useMemo(() => unique(pages ?? []), [pages]);
  return {
    query,
    traces,
    total: pages?.[0]?.total ?? 0,
    atLeast: pages?.[0]?.total_is_at_least ?? false,
    waiting: held.size,
    release,
  };
}

type Client = ReturnType<typeof useQueryClient>;

function knownIds(client: Client, key: readonly unknown[], held: ReadonlyMap<string, unknown>): Set<string> {
  const listed = client.getQueryData<Pages>(key)?.pages ?? [];
  return new Set([...held.keys(), ...listed.flatMap((page) => page.traces.map((trace) => trace.id))]);
}

interface Asked {
  q: string;
  onTop: boolean;
  /** When the list was read, in milliseconds. */
  page: number;
  known: () => Set<string>;
  arrived: (fresh: ListedTrace[]) => void;
}

/** Asks for the newest that match, at most once a second, and hands on those that are not known. */
function useAsk(asked: Asked): () => void {
  const last = useRef(asked);
  last.current = asked;
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  return useCallback(() => {
    timer.current ??= setTimeout(() => {
      const { q } = last.current;
      get<TracePageOfList>(pathOf({ q, sort: "started", order: "desc" }, null, 100))
        .then(({ traces }) => {
          const now = last.current;
          if (now.q !== q) return;
          const known = now.known();
          // In another order an old trace may be unlisted too; only one that began since is new.
          const since = now.onTop ? 0 : now.page / 1000;
          const fresh = traces.filter((trace) => !known.has(trace.id) && trace.started_at > since);
          now.arrived(fresh);
        })
        .catch(() => undefined)
        .finally(() => {
          timer.current = undefined;
        });
    }, ASK);
  }, []);
}
