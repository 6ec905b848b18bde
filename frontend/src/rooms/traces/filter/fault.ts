import { useTranslation } from "react-i18next";
import { problemOf } from "../../../api/client";
import type { Fault } from "./Marked";
import { tokensOf } from "./terms";

/**
 * What is wrong with the filter and where, in the reader's language where we have the words; null if the
 * filter is not what is wrong.
 */
export function useFault(error: unknown, q: string): (Fault & { words: string }) | null {
  const { t, i18n } = useTranslation("traces");
  if (!error) return null;
  const problem = problemOf(error);
  if (problem.param !== "q") return null;
  const names = problem.names ?? {};
  const from = Number(names.at ?? 0);
  const to = from + Math.max(1, Number(names.length ?? 1));
  const sentence = `fault.${problem.code}`;
  if (!i18n.exists(`traces:${sentence}`)) return { from, to, words: problem.message };
  const said = t(sentence as "fault.filter_key");
  if (names.near) return { from, to, words: `${said} ${t("fault.near", { near: names.near })}` };
  const key = tokensOf(q).find((token) => token.from <= from && from < token.to)?.key;
  const hint = `keys.${key}`;
  const known = key && i18n.exists(`traces:${hint}`);
  return { from, to, words: known ? `${said} ${key}: ${t(hint as "keys.model")}` : said };
}
