/** Figures over time, put on an even grid and added up for the charts. */

import type { Figures, Point, Series } from "../api";

/** The moments of the grid: points without requests are left out by the server. */
export function gridOf({ since, until, step }: Series): number[] {
  if (step <= 0 || until < since) return [];
  const from = Math.floor(since / step) * step;
  const many = Math.min(2000, Math.max(1, Math.ceil((until - from) / step)));
  return Array.from({ length: many }, (_, at) => from + at * step);
}

/** A figure of each moment of the grid; `nothing` where there is no point. */
export function along<T>(
  grid: readonly number[],
  points: readonly Point[],
  of: (point: Point) => T,
  nothing: T,
): T[] {
  const at = new Map(points.map((point) => [point.at, point]));
  return grid.map((moment) => {
    const point = at.get(moment);
    return point ? of(point) : nothing;
  });
}

/** The sum of a figure over all groups, for each moment. */
export function summed(grid: readonly number[], series: Series, of: (point: Point) => number): number[] {
  const sums = new Map<number, number>();
  for (const group of series.groups)
    for (const point of group.points) sums.set(point.at, (sums.get(point.at) ?? 0) + of(point));
  return grid.map((moment) => sums.get(moment) ?? 0);
}

/** Each value and all before it. */
export function piled(values: readonly number[]): number[] {
  let sum = 0;
  return values.map((value) => {
    sum += value;
    return sum;
  });
}

export interface Line {
  name: string;
  values: number[];
  sum: number;
}

/** The greatest lines first, and what is beyond the most that can be told apart as one without a name. */
export function foremost(lines: readonly Line[], most: number): Line[] {
  const ranked = lines.filter((line) => line.sum > 0).sort((a, b) => b.sum - a.sum);
  // The server's own rest stays rest, however great it is.
  const named = ranked.filter((line) => line.name);
  const shown = ranked.length <= most ? named : named.slice(0, most - 1);
  const others = ranked.filter((line) => !shown.includes(line));
  if (others.length === 0) return shown;
  const values = (others[0]?.values ?? []).map((_, at) =>
    others.reduce((sum, line) => sum + (line.values[at] ?? 0), 0),
  );
  return [...shown, { name: "", values, sum: others.reduce((sum, line) => sum + line.sum, 0) }];
}

/** How often each finding was made, over time. */
export function findingLines(grid: readonly number[], series: Series): Line[] {
  const codes = new Set(series.groups.flatMap((g) => g.points.flatMap((p) => Object.keys(p.findings))));
  return [...codes].map((name) => {
    const values = summed(grid, series, (point) => point.findings[name] ?? 0);
    return { name, values, sum: values.reduce((a, b) => a + b, 0) };
  });
}

export function groupLines(grid: readonly number[], series: Series, of: (point: Point) => number): Line[] {
  return series.groups.map(({ name, points }) => {
    const values = along(grid, points, of, 0);
    return { name, values, sum: values.reduce((a, b) => a + b, 0) };
  });
}

export interface Speed {
  name: string;
  requests: number;
  p50: number | null;
  p95: number | null;
  rate: number | null;
}

/** How fast each group began and went on, the most used first. */
export function speedsOf(series: Series): Speed[] {
  return series.groups
    .map(({ name, totals }) => ({
      name,
      requests: totals.requests,
      p50: totals.ttft_p50,
      p95: totals.ttft_p95,
      rate: totals.rate_p50,
    }))
    .sort((a, b) => b.requests - a.requests);
}

/** Findings by how often they were made. */
export function ranked(findings: Figures["findings"]): { code: string; count: number }[] {
  return Object.entries(findings)
    .map(([code, count]) => ({ code, count }))
    .sort((a, b) => b.count - a.count || a.code.localeCompare(b.code));
}

/** At most so many bars, neighbours together, so that each can be seen in a narrow place. */
export function coarser(values: readonly number[], most: number): number[] {
  const by = Math.max(1, Math.ceil(values.length / most));
  const sums: number[] = [];
  for (let at = 0; at < values.length; at += by)
    sums.push(values.slice(at, at + by).reduce((a, b) => a + b, 0));
  return sums;
}
