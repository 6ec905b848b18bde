/** What was seen and found, in the reader's language; the server's own words where there are none. */

import type { TFunction } from "i18next";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import type { Step } from "../../../api/types";
import { canSay, useSentences } from "../../../ui/explain";
import "./strings";

type Finding = NonNullable<Step["finding"]>;
export interface Sentences {
  title: string;
  causes: string[];
  fix: string;
}

const PLACEHOLDER = /\{\{(\w+)\}\}/g;

function filled(text: string, names: Record<string, string>): string {
  return text.replace(PLACEHOLDER, (_, name: string) => names[name] ?? "");
}

/** The sentences of a finding of the doctor's own; null for those of the catalogue of failures. */
export function ownSentences(
  finding: Pick<Finding, "code" | "names">,
  t: TFunction<"doctor">,
  exists: (key: string) => boolean,
): Sentences | null {
  if (!exists(`doctor:finding.${finding.code}`)) return null;
  const raw = t(`finding.${finding.code}` as never, {
    returnObjects: true,
    skipInterpolation: true,
  }) as Sentences;
  const { names } = finding;
  if (![raw.title, raw.fix].every((sentence) => canSay(sentence, names))) return null;
  return {
    title: filled(raw.title, names),
    causes: raw.causes.filter((cause) => canSay(cause, names)).map((cause) => filled(cause, names)),
    fix: filled(raw.fix, names),
  };
}

export function useFindingSentences(): (finding: Finding) => Sentences {
  const { t, i18n } = useTranslation("doctor");
  const common = useSentences();
  return useCallback(
    (finding) =>
      ownSentences(finding, t, (key) => i18n.exists(key)) ??
      common({ code: finding.code, names: finding.names }) ?? {
        title: finding.title,
        causes: finding.causes,
        fix: finding.fix,
      },
    [t, i18n, common],
  );
}

export function useSeen(): (step: Step) => string {
  const { t, i18n } = useTranslation("doctor");
  return useCallback(
    (step) =>
      step.code && i18n.exists(`doctor:seen.${step.code}`)
        ? filled(t(`seen.${step.code}` as never, { skipInterpolation: true }), step.names)
        : step.seen,
    [t, i18n],
  );
}

/** A step's time: fractions of a millisecond say no more than that it was quick. */
export function took(seconds: number | null): string {
  if (seconds === null) return "";
  if (seconds >= 1) return `${seconds.toFixed(2)} s`;
  const ms = seconds * 1000;
  return `${ms < 10 ? ms.toFixed(1) : ms.toFixed(0)} ms`;
}
