import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useDeferredValue } from "react";
import { get } from "../../../api/client";
import type { Word, Words } from "../api";

const NOTHING: Words = { words: [], from: 0, to: 0 };

/** Ways to go on with the filter at the caret, while it is being written. */
export function useCompletion(text: string, caret: number, active: boolean): Words {
  const at = useDeferredValue(caret);
  const q = useDeferredValue(text);
  const { data, isPlaceholderData } = useQuery({
    queryKey: ["traces", "words", q, at],
    queryFn: ({ signal }) =>
      get<Words>(`/api/traces/words?${new URLSearchParams({ q, at: String(at) })}`, signal),
    enabled: active,
    staleTime: 10_000,
    placeholderData: keepPreviousData,
  });
  // Words for an older text stand at places that are no longer right.
  if (!active || !data || isPlaceholderData || q !== text || at !== caret) return NOTHING;
  return data;
}

/** The text with a word in its place, and where the caret then stands. */
export function completed(text: string, { from, to }: Words, word: Word): { text: string; caret: number } {
  // After a key its value is written; after a value the next term.
  const rest = text.slice(to);
  const gap = word.kind === "value" && !rest.startsWith(" ") ? " " : "";
  const put = word.text + gap;
  return {
    text: text.slice(0, from) + put + rest,
    caret: from + put.length + (gap || word.kind === "key" ? 0 : 1),
  };
}
