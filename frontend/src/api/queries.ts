import { QueryCache, QueryClient, queryOptions } from "@tanstack/react-query";
import { ApiError, get } from "./client";
import type {
  ConfigFile,
  Endpoint,
  KeyList,
  Model,
  Person,
  Practice,
  PresetList,
  Standing,
  Status,
} from "./types";

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

export const presetsQuery = queryOptions({
  queryKey: ["presets"],
  queryFn: ({ signal }) => get<PresetList>("/api/presets", signal),
});

export const endpointsQuery = queryOptions({
  queryKey: ["endpoints"],
  queryFn: async ({ signal }) => (await get<{ endpoints: Endpoint[] }>("/api/endpoints", signal)).endpoints,
});

/** How endpoints stand, by their names. Nothing tells of it, so it is asked for while it is looked at. */
export const standingQuery = queryOptions({
  queryKey: ["standing"],
  queryFn: async ({ signal }) => {
    const { endpoints } = await get<{ endpoints: Standing[] }>("/api/endpoints/standing", signal);
    return Object.fromEntries(endpoints.map((one) => [one.name, one]));
  },
  staleTime: 0,
  refetchInterval: 5_000,
  refetchOnWindowFocus: true,
});

/** Practice as it is set. While a rule waits or strikes, its state and its counts move by themselves. */
export const practiceQuery = queryOptions({
  queryKey: ["practice"],
  queryFn: ({ signal }) => get<Practice>("/api/practice", signal),
  refetchInterval: ({ state }) => (state.data?.rules.some((rule) => rule.state !== "over") ? 2_000 : false),
});

export const keysQuery = queryOptions({
  queryKey: ["keys"],
  queryFn: ({ signal }) => get<KeyList>("/api/keys", signal),
});
