import { useMemo } from "react";
import { type JsonNode, readJson } from "../core/json";
import { type OfferedTool, offeredTools } from "../core/tools";
import { type Attempt, type TraceRecords, translationOf } from "./records";

export interface Offered {
  tools: OfferedTool[];
  /** The request that offers them. */
  body: JsonNode | null;
}

/** The tools that an attempt offered: as they went over the wire, or, before that, as they were asked for. */
export function useOffered(records: TraceRecords, attempt?: Attempt): Offered {
  const sent = attempt?.request_body ?? translationOf(records)?.body ?? records.received?.body;
  const text = sent?.text ?? "";
  return useMemo(() => {
    const body = readJson(text);
    return { tools: offeredTools(body), body };
  }, [text]);
}
