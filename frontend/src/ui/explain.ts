/**
 * Filon's own sentences about a failure in the reader's language, found by its code. The server's
 * words stand where there is no translation, or where it would speak of things that are not known.
 */

import type { TFunction } from "i18next";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";

interface Failure {
  code: string;
  names?: Record<string, string>;
}

interface Sentences {
  title: string;
  causes: string[];
  fix: string;
}

/** What the server says where a key comes from no variable: diagnosis/facts.py. */
const NO_VARIABLE = "the key in the configuration";
const PLACEHOLDER = /\{\{(\w+)\}\}/g;

/** Whether every name that the sentence speaks of is known. */
export function canSay(sentence: string, names: Record<string, string>): boolean {
  return [...sentence.matchAll(PLACEHOLDER)].every(([, name]) => name !== undefined && name in names);
}

/** The sentences for this failure, or null where only the server's own words will do. */
export function sentencesFor(failure: Failure, t: TFunction<"errors">, exists: (key: string) => boolean) {
  if (!exists(`errors:${failure.code}`)) return null;
  const names = { ...failure.names };
  if (names.variable === NO_VARIABLE) names.variable = t("common:keyInConfiguration" as never);
  const raw = t(failure.code as never, { returnObjects: true, skipInterpolation: true }) as Sentences;
  const all = [raw.title, raw.fix, ...raw.causes];
  if (!all.every((sentence) => canSay(sentence, names))) return null;
  const fill = (sentence: string) => sentence.replace(PLACEHOLDER, (_, name: string) => names[name] ?? "");
  return { title: fill(raw.title), causes: raw.causes.map(fill), fix: fill(raw.fix) };
}

export function useSentences(): (failure: Failure) => Sentences | null {
  const { t, i18n } = useTranslation("errors");
  return useCallback((failure) => sentencesFor(failure, t, (key) => i18n.exists(key)), [t, i18n]);
}
