import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { change, get } from "../../../api/client";
import { endpointsQuery } from "../../../api/queries";
import type { LocalServer, Pull, Sighting } from "../../../api/types";

const path = (endpoint: string) => `/api/local/${encodeURIComponent(endpoint)}`;

/** What was seen at the usual addresses when somebody looked last. Asks nobody. */
export const localQuery = queryOptions({
  queryKey: ["local"],
  queryFn: async ({ signal }) => (await get<{ servers: Sighting[] }>("/api/local", signal)).servers,
});

/** One server as it is now; what is loaded changes by itself. */
export const serverQuery = (endpoint: string) =>
  queryOptions({
    queryKey: ["local", endpoint],
    queryFn: ({ signal }) => get<LocalServer>(path(endpoint), signal),
    staleTime: 5_000,
  });

/** The pulls of an endpoint, asked for again and again while one of them runs. */
export const pullsQuery = (endpoint: string) =>
  queryOptions({
    queryKey: ["pulls", endpoint],
    queryFn: async ({ signal }) => (await get<{ pulls: Pull[] }>(`${path(endpoint)}/pulls`, signal)).pulls,
    refetchInterval: ({ state }) => (state.data?.some((pull) => pull.state === "running") ? 400 : false),
    staleTime: 0,
  });

export function useLook() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => change<{ servers: Sighting[] }>("POST", "/api/local/look"),
    onSuccess: ({ servers }) => {
      client.setQueryData(localQuery.queryKey, servers);
      void client.invalidateQueries({ queryKey: endpointsQuery.queryKey });
    },
  });
}

export function usePull(endpoint: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (model: string) => change<Pull>("POST", `${path(endpoint)}/pulls`, { model }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["pulls", endpoint] }),
  });
}

export function useEndPull(endpoint: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => change("DELETE", `${path(endpoint)}/pulls/${encodeURIComponent(id)}`),
    onSettled: () => client.invalidateQueries({ queryKey: ["pulls", endpoint] }),
  });
}

export function useDelete(endpoint: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (model: string) =>
      change("DELETE", `${path(endpoint)}/models?model=${encodeURIComponent(model)}`),
    onSettled: () => client.invalidateQueries({ queryKey: ["local", endpoint] }),
  });
}
