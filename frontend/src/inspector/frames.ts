/** How the frames of a reply lie in time: gaps, stalls, and what to draw when there are very many. */

import type { Frame } from "./records";

/** Above this many frames a dot each cannot be told apart, and drawing them costs more than it shows. */
export const MOST_DOTS = 600;

/** The vertical scale of the plot, in seconds: 4 ms at the bottom, 2 s at the top. */
export const LEAST_GAP = 0.004;
export const GREATEST_GAP = 2;

export interface Stall {
  from: number;
  to: number;
  seconds: number;
}

export interface Dot {
  index: number;
  at: number;
  gap: number;
}

export interface Column {
  at: number;
  least: number;
  greatest: number;
  count: number;
  /** The frame with the greatest gap: the one worth reading. */
  index: number;
}

/** Seconds since the frame before; the first frame has none. */
export function gaps(frames: readonly Frame[]): number[] {
  return frames.slice(1).map((frame, i) => Math.max(0, frame.at - (frames[i]?.at ?? 0)));
}

export function median(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}

/** A gap that a reader would notice: longer than a second and than five times the usual one. */
export function stallsOf(frames: readonly Frame[]): Stall[] {
  const between = gaps(frames);
  const usual = median(between);
  if (usual === null) return [];
  const limit = Math.max(1, 5 * usual);
  const stalls: Stall[] = [];
  between.forEach((gap, i) => {
    const from = frames[i]?.at ?? 0;
    if (gap > limit) stalls.push({ from, to: from + gap, seconds: gap });
  });
  return stalls;
}

/** One dot per frame; the gap of the first is counted from the start of the attempt. */
export function dotsOf(frames: readonly Frame[]): Dot[] {
  return frames.map((frame, index) => ({
    index,
    at: frame.at,
    gap: Math.max(0, frame.at - (index > 0 ? (frames[index - 1]?.at ?? 0) : 0)),
  }));
}

/** Min and max per column of pixels; nothing extreme can vanish in the binning. */
export function columnsOf(dots: readonly Dot[], end: number, columns: number): Column[] {
  const bins = new Map<number, Column>();
  if (end <= 0 || columns < 1) return [];
  for (const dot of dots) {
    const bin = Math.min(columns - 1, Math.floor((dot.at / end) * columns));
    const column = bins.get(bin);
    if (!column) {
      bins.set(bin, {
        at: ((bin + 0.5) / columns) * end,
        least: dot.gap,
        greatest: dot.gap,
        count: 1,
        index: dot.index,
      });
      continue;
    }
    if (dot.gap > column.greatest) {
      column.greatest = dot.gap;
      column.index = dot.index;
    }
    column.least = Math.min(column.least, dot.gap);
    column.count += 1;
  }
  return [...bins.values()].sort((a, b) => a.at - b.at);
}

/** Height of a gap on the log scale: 0 at the bottom, 1 at the top. */
export function heightOf(gap: number): number {
  const clamped = Math.min(GREATEST_GAP, Math.max(LEAST_GAP, gap));
  return Math.log(clamped / LEAST_GAP) / Math.log(GREATEST_GAP / LEAST_GAP);
}

/** The frame nearest to a moment. Frames are in order of time. */
export function nearestFrame(frames: readonly Frame[], at: number): number {
  let low = 0;
  let high = frames.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((frames[middle]?.at ?? 0) < at) low = middle + 1;
    else high = middle;
  }
  const before = frames[low - 1];
  const here = frames[low];
  if (before && here && at - before.at < here.at - at) return low - 1;
  return low;
}

/** Round steps for an axis of `end` seconds: at most about `most` of them, the first at zero. */
export function ticks(end: number, most = 8): number[] {
  if (!(end > 0)) return [0];
  const rough = end / most;
  const magnitude = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((n) => n * magnitude).find((n) => n >= rough) ?? rough;
  const count = Math.floor(end / step + 1e-9);
  return Array.from({ length: count + 1 }, (_, i) => Number((i * step).toPrecision(12)));
}
