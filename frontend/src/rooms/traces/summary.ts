/** Figures of the listed traces: how many failed, how fast each model began, what they cost. */

import type { Trace } from "../../api/types";

/** By linear interpolation between the two nearest values; null of nothing. */
export function percentile(values: readonly number[], part: number): number | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * Math.min(1, Math.max(0, part));
  const low = sorted[Math.floor(at)] ?? 0;
  const high = sorted[Math.ceil(at)] ?? low;
  return low + (high - low) * (at - Math.floor(at));
}

export interface ModelSpeed {
  model: string;
  count: number;
  p50: number;
  p95: number;
}

export interface Bin {
  complete: number;
  failed: number;
}

export interface Summary {
  requests: number;
  failed: number;
  speeds: ModelSpeed[];
  /** USD of those whose price is known; `unpriced` counts the others. */
  spent: number;
  unpriced: number;
  marks: { mark: string; count: number; failed: boolean }[];
  bins: Bin[];
  /** USD up to the end of each bin. */
  spending: number[];
  /** Unix seconds of the first and the last start. */
  from: number;
  to: number;
}

const BINS = 30;

export function summarise(traces: readonly Trace[], now: number): Summary {
  const speeds = new Map<string, number[]>();
  const marks = new Map<string, { mark: string; count: number; failed: boolean }>();
  const starts = traces.map((trace) => trace.started_at);
  const from = starts.length ? Math.min(...starts) : now;
  const to = starts.length ? Math.max(...starts) : now;
  const bins: Bin[] = Array.from({ length: BINS }, () => ({ complete: 0, failed: 0 }));
  const spending = new Array<number>(BINS).fill(0);
  let failed = 0;
  let spent = 0;
  let unpriced = 0;
  for (const trace of traces) {
    const wrong = trace.outcome === "failed";
    if (wrong) failed += 1;
    const at =
      to > from ? Math.min(BINS - 1, Math.floor(((trace.started_at - from) / (to - from)) * BINS)) : BINS - 1;
    const bin = bins[at];
    if (bin) bin[wrong ? "failed" : "complete"] += 1;
    if (trace.cost_usd !== null) {
      spent += trace.cost_usd;
      for (let i = at; i < BINS; i++) spending[i] = (spending[i] ?? 0) + trace.cost_usd;
    }
    // A request that failed before anything was counted has no price to be unknown.
    else if (trace.cost_kind === "unknown" && trace.outcome !== "live" && !wrong) unpriced += 1;
    if (trace.ttft !== null) speeds.set(trace.model, [...(speeds.get(trace.model) ?? []), trace.ttft]);
    if (trace.mark) {
      const mark = marks.get(trace.mark) ?? { mark: trace.mark, count: 0, failed: false };
      mark.count += 1;
      mark.failed ||= wrong;
      marks.set(trace.mark, mark);
    }
  }
  return {
    requests: traces.length,
    failed,
    spent,
    unpriced,
    from,
    to,
    bins,
    spending,
    speeds: [...speeds]
      .map(([model, ttfts]) => ({
        model,
        count: ttfts.length,
        p50: percentile(ttfts, 0.5) ?? 0,
        p95: percentile(ttfts, 0.95) ?? 0,
      }))
      .sort((a, b) => b.count - a.count),
    marks: [...marks.values()].sort((a, b) => b.count - a.count),
  };
}
