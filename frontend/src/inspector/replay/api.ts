import { queryOptions } from "@tanstack/react-query";
import { change, get } from "../../api/client";
import type { components } from "../../api/schema.gen";

type Schemas = components["schemas"];

export type Manner = "asked" | "wire";
export type Replayable = Schemas["ReplayableShape"];
export type Lineage = Schemas["LineageShape"];
export type Relative = Schemas["RelativeShape"];
export type Compared = Schemas["ComparedShape"];
export type ComparedParameter = Schemas["ComparedParameterShape"];
export type Difference = Schemas["DifferenceShape"];
export type Figure = Schemas["FigureShape"];
export type Span = Schemas["SpanShape"];
export type Pasted = Schemas["PastedShape"];

/** What a replay changes; what is not named stays as it was, and null takes a parameter out. */
export interface Changes {
  endpoint?: string;
  model?: string;
  parameters?: Record<string, unknown>;
  messages?: unknown[];
  body?: string;
}

const at = (id: string) => `/api/traces/${encodeURIComponent(id)}`;

export function replayableQuery(id: string, manner: Manner) {
  return queryOptions({
    queryKey: ["replayable", id, manner],
    queryFn: ({ signal }) => get<Replayable>(`${at(id)}/replay?as=${manner}`, signal),
    staleTime: 0,
  });
}

/** Sends the request again; the id of the trace that has begun. */
export async function replay(id: string, manner: Manner, changes: Changes = {}): Promise<string> {
  return (await change<{ id: string }>("POST", `${at(id)}/replay`, { as: manner, changes })).id;
}

export async function stopReplay(id: string): Promise<void> {
  await change("POST", `${at(id)}/stop`);
}

export function lineageQuery(id: string, live: boolean) {
  return queryOptions({
    queryKey: ["lineage", id],
    queryFn: ({ signal }) => get<Lineage>(`${at(id)}/lineage`, signal),
    staleTime: 0,
    // A replay of it may be running; nothing tells of its end but asking again.
    refetchInterval: ({ state }) =>
      live || state.data?.replays.some(({ trace }) => trace.outcome === "live") ? 1000 : false,
  });
}

export function comparedQuery(before: string, after: string, over: boolean) {
  return queryOptions({
    queryKey: ["compared", before, after],
    queryFn: ({ signal }) => get<Compared>(`${at(before)}/compare/${encodeURIComponent(after)}`, signal),
    enabled: over,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function readPasted(text: string): Promise<Pasted> {
  return change<Pasted>("POST", "/api/requests/read", { text });
}

export interface RequestToSend {
  endpoint: string;
  model?: string;
  protocol: string;
  body: string;
}

export async function sendRequest(request: RequestToSend): Promise<string> {
  return (await change<{ id: string }>("POST", "/api/requests", request)).id;
}
