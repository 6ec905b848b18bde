/**
 * The words that rows are made of. A quick scroll draws hundreds of cells, and asking the translation
 * anew in each of them took a third of the time; here each fixed word is looked up once.
 */

import type { TFunction } from "i18next";
import { createContext, useContext, useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { PhaseKind } from "../../../inspector/phases";

export interface RowWords {
  t: TFunction<"traces">;
  /** A word of this room without places in it. */
  word: (key: string) => string;
  phase: (kind: PhaseKind) => string;
}

export const RowWordsContext = createContext<RowWords | null>(null);

/** For the one who draws the rows. */
export function useMadeWords(): RowWords {
  const { t } = useTranslation("traces");
  const { t: inspector } = useTranslation("inspector");
  return useMemo(
    () => ({
      t,
      // Of a caller that this page does not know yet, its own name is the best word.
      word: remembering((key: string) => t(key as "none", { defaultValue: key.split(".").pop() ?? key })),
      phase: remembering((kind: PhaseKind) => inspector(`phase.${kind}`)),
    }),
    [t, inspector],
  );
}

/** For what stands in the rows. */
export function useRowWords(): RowWords {
  const words = useContext(RowWordsContext);
  if (!words) throw new Error("rows are drawn by a list that has their words");
  return words;
}

function remembering<K extends string>(ask: (key: K) => string): (key: K) => string {
  const known = new Map<K, string>();
  return (key) => {
    const word = known.get(key) ?? ask(key);
    known.set(key, word);
    return word;
  };
}
