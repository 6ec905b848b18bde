import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { keysQuery } from "../../../api/queries";

/** The names of the gateway's keys by their ids; a key that is gone has none. */
export function useKeyNames(): ReadonlyMap<string, string> {
  const { data } = useQuery(keysQuery);
  return useMemo(() => new Map((data?.keys ?? []).map((key) => [key.id, key.name])), [data]);
}
