import { useCallback, useMemo, useRef } from "react";
import type { Grouping, ListedTrace, Order, Sort } from "./api";
import { useFault } from "./filter/fault";
import { groupItems, type Item, traceItems } from "./list/items";
import { useGroups } from "./list/useGroups";
import { useTraces } from "./list/useTraces";

interface Wanted {
  q: string;
  sort: Sort;
  order: Order;
  group: Grouping | undefined;
  openId: string | undefined;
  paused: boolean;
}

/** The rows of the list, whichever way they are wanted: in their order, or in groups. */
export function useRows({ q, sort, order, group, openId, paused }: Wanted) {
  const listed = useTraces({ q, sort, order }, paused);
  const grouped = useGroups(q, group, !paused);
  const query = group ? grouped.query : listed.query;
  const fault = useFault(listed.query.error ?? query.error, q);

  // While the filter cannot be read, the list that was last read stays, so that nothing jumps.
  const lastRead = useRef<ListedTrace[]>([]);
  const unread = listed.query.isError && listed.query.data === undefined;
  if (!unread) lastRead.current = listed.traces;
  const traces = unread ? lastRead.current : listed.traces;
  const { groups, members } = grouped;
  const items: readonly Item[] = useMemo(
    () => (group ? groupItems(groups, members, openId) : traceItems(traces, openId)),
    [group, groups, members, traces, openId],
  );

  const { hasNextPage, isFetchingNextPage, isError, fetchNextPage } = query;
  const more = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage && !isError) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, isError, fetchNextPage]);

  return {
    items,
    traces,
    query,
    fault,
    more,
    toggle: grouped.toggle,
    total: listed.total,
    atLeast: listed.atLeast,
    waiting: listed.waiting,
    release: listed.release,
    key: JSON.stringify([q, sort, order, group]),
  };
}
