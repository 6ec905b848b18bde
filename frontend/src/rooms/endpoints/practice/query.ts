import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { change, get } from "../../../api/client";
import { practiceQuery } from "../../../api/queries";
import type {
  Dialect,
  Fault,
  LedgerDetail,
  LedgerLine,
  Limits,
  Practice,
  Rule,
  RuleBody,
} from "../../../api/types";
import type { Sentences } from "./faults";

/** Puts what a change gave back into what is known, without asking again. */
function usePut() {
  const client = useQueryClient();
  return useCallback(
    (put: (known: Practice) => Practice) =>
      client.setQueryData(practiceQuery.queryKey, (known) => (known ? put(known) : known)),
    [client],
  );
}

export function useSpeed() {
  const put = usePut();
  const setSpeed = (speed: number) => put((known) => ({ ...known, speed }));
  return useMutation({
    mutationFn: (speed: number) => change<{ speed: number }>("PUT", "/api/practice/speed", { speed }),
    onMutate: setSpeed,
    onSuccess: ({ speed }) => setSpeed(speed),
  });
}

export function useAddRule() {
  const put = usePut();
  return useMutation({
    mutationFn: (body: RuleBody) => change<Rule[]>("POST", "/api/practice/rules", body),
    onSuccess: (rules) => put((known) => ({ ...known, rules })),
  });
}

export function useRemoveRules() {
  const put = usePut();
  return useMutation({
    mutationFn: async (ids: string[]) => {
      for (const id of ids) {
        const rules = await change<Rule[]>("DELETE", `/api/practice/rules/${encodeURIComponent(id)}`);
        put((known) => ({ ...known, rules }));
      }
    },
  });
}

export function useSetLimits(dialect: string) {
  const put = usePut();
  return useMutation({
    mutationFn: (limits: Limits) =>
      change<Dialect>("PUT", `/api/practice/limits/${encodeURIComponent(dialect)}`, limits),
    onSuccess: (fresh) =>
      put((known) => ({
        ...known,
        dialects: known.dialects.map((one) => (one.name === fresh.name ? fresh : one)),
      })),
  });
}

export const LEDGER_KEY = "practice-ledger";

/** The latest lines; asked for again and again while they are looked at. */
export const ledgerQuery = (dialect: string) =>
  queryOptions({
    queryKey: [LEDGER_KEY, dialect],
    queryFn: async ({ signal }) =>
      (
        await get<{ entries: LedgerLine[] }>(
          `/api/practice/ledger?limit=100${dialect ? `&dialect=${encodeURIComponent(dialect)}` : ""}`,
          signal,
        )
      ).entries,
    refetchInterval: 2_000,
    staleTime: 0,
  });

export const lineQuery = (id: number) =>
  queryOptions({
    queryKey: [LEDGER_KEY, "line", id],
    queryFn: ({ signal }) => get<LedgerDetail>(`/api/practice/ledger/${id}`, signal),
    refetchInterval: ({ state }) => (state.data?.outcome === "open" ? 1_000 : false),
  });

/** A fault's sentences in the reader's language; the server's where there are none. */
export function useSay(): (fault: Fault) => Sentences {
  const { t } = useTranslation("practice");
  return useCallback(
    (fault) => ({
      what: t(`faults.${fault.name}.what`, { defaultValue: fault.what }),
      teaches: t(`faults.${fault.name}.teaches`, { defaultValue: fault.teaches }),
    }),
    [t],
  );
}

/** The server's clock, in whole steps of a second. */
export function useServerNow(): number {
  const { data, dataUpdatedAt } = useQuery(practiceQuery);
  const [here, setHere] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setHere(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  const since = Math.max(0, here - dataUpdatedAt) / 1000;
  return (data?.now ?? here / 1000) + (data ? since : 0);
}
