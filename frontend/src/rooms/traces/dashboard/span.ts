/** The time that the filter speaks of, which the dashboard shows and sets. */

import { quoted, termValue, withoutKeys, withTerm } from "../filter/terms";

export const SPANS = ["1h", "24h", "7d", "30d", "all"] as const;
export type Span = (typeof SPANS)[number];

/** Which of the offered spans the filter stands for; null for a time of its own. */
export function spanOf(q: string): Span | null {
  const since = termValue(q, "since");
  if (termValue(q, "until") !== null) return null;
  if (since === null) return "all";
  return SPANS.find((span) => span === since) ?? null;
}

export function withSpan(q: string, span: Span): string {
  const rest = withoutKeys(q, "since", "until");
  return span === "all" ? rest : withTerm(rest, "since", span);
}

/** The filter for a time between two moments, written in the reader's own hours. */
export function withRange(q: string, since: number, until: number): string {
  const rest = withoutKeys(q, "since", "until");
  return [rest, `since:${written(since)}`, `until:${written(until)}`].filter(Boolean).join(" ");
}

function written(unixSeconds: number): string {
  const at = new Date(Math.round(unixSeconds) * 1000);
  const pad = (n: number) => String(n).padStart(2, "0");
  const date = `${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())}`;
  const time = [at.getHours(), at.getMinutes(), at.getSeconds()].map(pad).join(":");
  const west = at.getTimezoneOffset();
  const zone =
    west === 0
      ? "Z"
      : `${west > 0 ? "-" : "+"}${pad(Math.floor(Math.abs(west) / 60))}:${pad(Math.abs(west) % 60)}`;
  return quoted(`${date}T${time}${zone}`);
}
