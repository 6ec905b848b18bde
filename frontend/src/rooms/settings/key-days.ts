/** What was done with a key on each of the last days, and how high each is drawn. */

import type { KeyDay, KeyUse } from "../../api/types";

export const DAYS = 30;

const UNUSED: KeyUse = {
  requests: 0,
  refused: 0,
  failed: 0,
  input_tokens: 0,
  output_tokens: 0,
  cost_usd: 0,
  unpriced: 0,
};

/** The date where the page is shown, such as 2027-01-31. */
export function dateOf(moment: Date): string {
  const two = (figure: number) => String(figure).padStart(2, "0");
  return `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`;
}

/** Thirty days in a row up to today, or to a later one where the server's clock is ahead. */
export function inARow(days: readonly KeyDay[], today: string): KeyDay[] {
  const last = days.reduce((latest, { day }) => (day > latest ? day : latest), today);
  const known = new Map(days.map((one) => [one.day, one]));
  return Array.from({ length: DAYS }, (_, at) => {
    const day = daysBefore(last, DAYS - 1 - at);
    return known.get(day) ?? { day, use: UNUSED };
  });
}

function daysBefore(day: string, count: number): string {
  const at = new Date(`${day}T00:00:00Z`);
  at.setUTCDate(at.getUTCDate() - count);
  return at.toISOString().slice(0, 10);
}

export function sum(days: readonly KeyDay[]): KeyUse {
  const all = { ...UNUSED };
  for (const { use } of days)
    for (const name of Object.keys(UNUSED) as (keyof KeyUse)[]) all[name] += use[name];
  return all;
}

/** A day's heights: requests that were answered and those that were lost, and what was paid. */
export interface Bar {
  answered: number;
  lost: number;
  paid: number;
}

/** The bars of a strip: requests share one height, money another. What is there is never invisible. */
export function bars(days: readonly KeyDay[], tall: number, deep: number): Bar[] {
  const most = Math.max(1, ...days.map(({ use }) => use.requests));
  const dearest = Math.max(...days.map(({ use }) => use.cost_usd)) || 1;
  return days.map(({ use }) => {
    const lost = use.refused + use.failed;
    return {
      answered: seen(((use.requests - lost) / most) * tall),
      lost: seen((lost / most) * tall),
      paid: seen((use.cost_usd / dearest) * deep),
    };
  });
}

const seen = (height: number) => (height > 0 ? Math.max(1.5, height) : 0);
