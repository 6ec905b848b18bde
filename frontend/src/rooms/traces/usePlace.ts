import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useCallback, useEffect, useMemo } from "react";
import { firstOrder, isOld, type Place, readPlace, searchOf } from "./address";
import type { Grouping, Order, Sort } from "./api";
import { withTerm } from "./filter/terms";
import type { AxisMode } from "./list/waterfall";

/** Where in the room the reader is, as the address says, and the ways to go elsewhere. */
export function usePlace() {
  const navigate = useNavigate();
  const { traceId } = useParams({ strict: false });
  const raw = useSearch({ strict: false }) as Record<string, unknown>;
  const name = JSON.stringify(readPlace(raw));
  const place = useMemo(() => JSON.parse(name) as Place, [name]);
  const old = isOld(raw);

  const go = useCallback(
    (change: Partial<Place>, replace: boolean) =>
      void navigate({ to: ".", search: searchOf({ ...place, ...change }) as never, replace }),
    [navigate, place],
  );
  useEffect(() => {
    if (old) go({}, true);
  }, [old, go]);

  const q = place.q ?? "";
  const sort = place.sort ?? "started";
  return {
    traceId,
    q,
    sort,
    order: place.order ?? firstOrder(sort),
    group: place.group,
    axis: place.axis,
    /** What is written step by step takes the place of the last step in the history. */
    write: useCallback((next: string) => go({ q: next }, true), [go]),
    filter: useCallback((next: string) => go({ q: next }, false), [go]),
    filterBy: useCallback(
      (key: string, value: string, negated = false) =>
        go({ q: withTerm(q, key, value, negated), group: undefined }, false),
      [go, q],
    ),
    sortBy: useCallback((next: Sort, order: Order) => go({ sort: next, order }, true), [go]),
    groupBy: useCallback((group: Grouping | undefined) => go({ group }, true), [go]),
    setAxis: useCallback((axis: AxisMode) => go({ axis }, true), [go]),
    open: useCallback(
      (id: string) =>
        void navigate({
          to: "/traces/$traceId",
          params: { traceId: id },
          search: (before) => before as never,
          replace: Boolean(traceId),
        }),
      [navigate, traceId],
    ),
    close: useCallback(() => navigate({ to: "/traces", search: (before) => before as never }), [navigate]),
  };
}
