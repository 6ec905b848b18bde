import { useMutation, useQueryClient } from "@tanstack/react-query";
import { change } from "../../../api/client";
import type { Deleted } from "../api";

/** Deletes what a filter shows. */
export function useDeleteShown() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (q: string) => change<Deleted>("DELETE", `/api/traces?${new URLSearchParams({ q })}`),
    onSettled: () => void client.invalidateQueries({ queryKey: ["traces"] }),
  });
}

export function useDeleteOne() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => change<Deleted>("DELETE", `/api/traces/${encodeURIComponent(id)}`),
    onSettled: () => void client.invalidateQueries({ queryKey: ["traces"] }),
  });
}
