/** What the codes of the check say in the reader's language; a code that the page does not know, in the server's words. */

import type { i18n as I18n, TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import type { VerdictCode } from "../../../api/types";

export interface Said {
  title: string;
  why: string;
  fix: string;
}

export function saidOf(t: TFunction<"check">, name: string, code: VerdictCode | undefined): Said {
  const say = (part: keyof Said, otherwise: string) =>
    t(`${name}.${part}` as never, { defaultValue: otherwise, skipInterpolation: true }) as string;
  return {
    title: say("title", code?.title ?? name),
    why: say("why", code?.why ?? ""),
    fix: say("fix", code?.fix ?? ""),
  };
}

/** Messages are English in every language: elsewhere the title goes before them. */
export function needsTitle(i18n: I18n): boolean {
  return i18n.language !== "en";
}

export function useSaid(): { of: (name: string, code?: VerdictCode) => Said; titled: boolean } {
  const { t, i18n } = useTranslation("check");
  return { of: (name, code) => saidOf(t as TFunction<"check">, name, code), titled: needsTitle(i18n) };
}
