/** Which rows of a long list are in sight, so that only these are drawn. */

import type { Sight } from "../../../ui/sight";

/** Where each row begins; one number more than there are rows, the last being the height of all. */
export function offsetsOf(heights: readonly number[]): Float64Array {
  const offsets = new Float64Array(heights.length + 1);
  for (let at = 0; at < heights.length; at++) offsets[at + 1] = (offsets[at] ?? 0) + (heights[at] ?? 0);
  return offsets;
}

/** The row that covers a height from the top: the last that begins at or above it. */
export function rowAt(offsets: Float64Array, y: number): number {
  let low = 0;
  let high = Math.max(0, offsets.length - 2);
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((offsets[middle] ?? 0) <= y) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** First and last row to draw, a few more than are seen, so that a quick scroll shows no gap. */
export function windowOf(offsets: Float64Array, { top, height }: Sight, more = 8): [number, number] {
  const rows = offsets.length - 1;
  if (rows <= 0) return [0, -1];
  const first = Math.max(0, rowAt(offsets, Math.max(0, top)) - more);
  const last = Math.min(rows - 1, rowAt(offsets, Math.max(0, top) + height) + more);
  return [first, last];
}
