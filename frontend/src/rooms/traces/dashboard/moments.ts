/** Moments as the charts and their heads write them: no more of a date than the span needs. */

import { clock, day } from "../../../format";

export function momentLabel(unixSeconds: number, span: number, language: string): string {
  if (span <= 6 * 3600) return clock(unixSeconds).slice(0, span <= 900 ? 8 : 5);
  const at = new Date(unixSeconds * 1000);
  if (span <= 2 * 86_400)
    return `${new Intl.DateTimeFormat(language, { weekday: "short" }).format(at)} ${clock(unixSeconds).slice(0, 5)}`;
  return new Intl.DateTimeFormat(language, { day: "numeric", month: "short" }).format(at);
}

/** From when until when, with the day where it is not plain. */
export function rangeLabel(since: number, until: number, language: string): string {
  const [first, last] = [day(since, language), day(until, language)];
  const short = (at: number) => clock(at).slice(0, 5);
  if (first === last) return `${first}, ${short(since)} – ${short(until)}`;
  return until - since > 3 * 86_400
    ? `${first} – ${last}`
    : `${first} ${short(since)} – ${last} ${short(until)}`;
}
