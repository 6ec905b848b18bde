import { QueryCache, QueryClient, queryOptions } from "@tanstack/react-query";
import { ApiError, get } from "./client";
import type { ConfigFile, Endpoint, Key, Model, Person, Status } from "./types";

export const queries = new QueryClient({
  queryCache: new QueryCache({
    onError: (error, query) => {
      // A session that has ended shows itself in whichever call comes first.
      if (error instanceof ApiError && error.status === 401 && query.queryKey[0] !== "me")
        void queries.invalidateQueries({ queryKey: ["me"] });
    },
  }),
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      refetchOnWindowFocus: false,
      retry: (count, error) => count < 2 && !(error instanceof ApiError && error.status > 0),
    },
  },
});

export const meQuery = queryOptions({
  queryKey: ["me"],
  queryFn: ({ signal }) => get<Person>("/api/me", signal),
  retry: false,
});

export const statusQuery = queryOptions({
  queryKey: ["status"],
  queryFn: ({ signal }) => get<Status>("/api/status", signal),
  refetchInterval: 30_000,
});

export const configQuery = queryOptions({
  queryKey: ["config"],
  queryFn: ({ signal }) => get<ConfigFile>("/api/config", signal),
});

export const modelsQuery = queryOptions({
  queryKey: ["models"],
  queryFn: async ({ signal }) => (await get<{ models: Model[] }>("/api/models", signal)).models,
});

export const endpointsQuery = queryOptions({
  queryKey: ["endpoints"],
  queryFn: async ({ signal }) => (await get<{ endpoints: Endpoint[] }>("/api/endpoints", signal)).endpoints,
});

export const keysQuery = queryOptions({
  queryKey: ["keys"],
  queryFn: async ({ signal }) => (await get<{ keys: Key[] }>("/api/keys", signal)).keys,
});
