import { keepPreviousData, useInfiniteQuery, useQueries } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useState } from "react";
import { get } from "../../../api/client";
import type { Grouping, Groups, ListedTrace, TracePageOfList } from "../api";
import { withTerm } from "../filter/terms";
import type { Members } from "./items";

/** So many traces of an open group stand below it; the whole of it is a filter. */
const SHOWN = 20;

/** The listed traces in groups, and the traces of those that are open. */
export function useGroups(q: string, by: Grouping | undefined, moving: boolean) {
  const query = useInfiniteQuery({
    queryKey: ["traces", "groups", by, q],
    queryFn: ({ pageParam, signal }) => {
      const asked = new URLSearchParams({ by: by ?? "conversation", q });
      if (pageParam) asked.set("next", pageParam);
      return get<Groups>(`/api/traces/groups?${asked}`, signal);
    },
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
    enabled: by !== undefined,
    placeholderData: keepPreviousData,
    staleTime: 5000,
    refetchInterval: moving ? 10_000 : false,
  });
  const [open, setOpen] = useState<readonly string[]>([]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: other groups, none of them open
  useEffect(() => setOpen([]), [by]);
  const toggle = useCallback(
    (id: string) => setOpen((old) => (old.includes(id) ? old.filter((one) => one !== id) : [...old, id])),
    [],
  );
  const opened = useQueries({
    queries: open.map((id) => ({
      queryKey: ["traces", "group", by, id, q],
      queryFn: ({ signal }: { signal: AbortSignal }) => {
        const asked = new URLSearchParams({ q: withTerm(q, by ?? "conversation", id), limit: String(SHOWN) });
        return get<TracePageOfList>(`/api/traces?${asked}`, signal);
      },
      staleTime: 5000,
    })),
  });
  const groups = useMemo(() => {
    const seen = new Set<string>();
    return (query.data?.pages ?? [])
      .flatMap((page) => page.groups)
      .filter((group) => !seen.has(group.id) && seen.add(group.id));
  }, [query.data]);
  const members: Members = new Map<string, readonly ListedTrace[] | null | undefined>(
    open.map((id, at) => {
      const one = opened[at];
      return [id, one?.isError ? null : one?.data?.traces];
    }),
  );
  return { query, groups, members, toggle };
}
