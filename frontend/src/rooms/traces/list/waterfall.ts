/** Where a trace stands on the common axis of the list. */

import type { Trace } from "../../../api/types";
import { clock } from "../../../format";
import { type Phase, phasesOf } from "../../../inspector/phases";

/** By the clock, to see what happened at once; or all from their start, to compare how long they took. */
export type AxisMode = "clock" | "start";

export interface Axis {
  mode: AxisMode;
  /** Unix seconds by the clock, 0 from the start. */
  from: number;
  span: number;
}

/** Beyond this span, or so many times the longest one, bars by the clock are slivers that say nothing. */
const LONGEST_CLOCK = 300;
const MOST_TIMES = 30;

export function endOfTrace(trace: Trace, now: number): number {
  // A live trace comes with the time of its last look as its total; the clock is further.
  if (trace.outcome === "live") return Math.max(0, trace.total ?? 0, now - trace.started_at);
  if (trace.total !== null) return trace.total;
  return trace.timing.ended ?? 0;
}

interface Extent {
  from: number;
  to: number;
  longest: number;
}

function extentOf(traces: readonly Trace[], now: number): Extent {
  let [from, to, longest] = [Number.POSITIVE_INFINITY, 0, 0];
  for (const trace of traces) {
    const took = endOfTrace(trace, now);
    from = Math.min(from, trace.started_at);
    to = Math.max(to, trace.started_at + took);
    longest = Math.max(longest, took);
  }
  return { from, to, longest };
}

/** How bars are best seen: by the clock, unless that would leave slivers of them. */
export function bestMode(traces: readonly Trace[], now: number): AxisMode {
  if (traces.length === 0) return "clock";
  const { from, to, longest } = extentOf(traces, now);
  return to - from > Math.min(LONGEST_CLOCK, longest * MOST_TIMES) ? "start" : "clock";
}

export function axisOf(traces: readonly Trace[], now: number, mode = bestMode(traces, now)): Axis {
  if (traces.length === 0) return { mode, from: now, span: 1 };
  const { from, to, longest } = extentOf(traces, now);
  if (mode === "start") return { mode, from: 0, span: Math.max(longest, 0.001) };
  return { mode, from, span: Math.max(to - from, 0.001) };
}

/** Phases of the trace with the seconds of the axis; earlier attempts and waits stand before them. */
export function barsOf(trace: Trace, axis: Axis, now: number): Phase[] {
  const start = axis.mode === "clock" ? trace.started_at - axis.from : 0;
  const total = endOfTrace(trace, now);
  const own = trace.timing.ended ?? null;
  // `timing` begins with the last attempt; what came before it in the turn is waiting in a wide sense.
  const before = own !== null && trace.total !== null ? Math.max(0, trace.total - own) : 0;
  const phases = phasesOf({
    timing: trace.timing,
    failed: trace.outcome === "failed",
    now: trace.outcome === "live" ? Math.max(0, total - before) : undefined,
  });
  const bars: Phase[] = [];
  if (before > 0.001) bars.push({ kind: "queue", from: start, to: start + before });
  for (const phase of phases)
    bars.push({ ...phase, from: start + before + phase.from, to: start + before + phase.to });
  if (bars.length === 0)
    bars.push({ kind: trace.outcome === "failed" ? "failed" : "queue", from: start, to: start + total });
  return bars;
}

/** The first in full, the others as short as their step allows. */
export function clockLabel(unixSeconds: number, step: number, index: number): string {
  const full = clock(unixSeconds);
  if (step >= 60) return full.slice(0, 5);
  return index === 0 || full.endsWith(":00") ? full : full.slice(5);
}

const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400];

/** Round moments of the clock inside the axis, as offsets from its start. */
export function clockTicks(axis: Axis, most = 4): number[] {
  const step = STEPS.find((s) => axis.span / s <= most) ?? 86_400;
  const first = Math.ceil(axis.from / step) * step;
  const ticks: number[] = [];
  for (let at = first; at <= axis.from + axis.span; at += step) ticks.push(at - axis.from);
  return ticks;
}
