/** Options of uPlot for the two kinds of chart: stacked bars, and lines with marks. */

import uPlot from "uplot";
import { colourOf, drawMark, fillOf, ORDER, type Stratum, variableOf } from "./ink";
import { momentLabel } from "./moments";

export interface Track {
  name: string;
  /** null where nothing was measured. */
  values: (number | null)[];
  stratum: Stratum;
  /** A second line of the same group: thin and dashed. */
  dashed?: boolean;
}

export interface PlotOptions {
  kind: "bars" | "lines";
  grid: readonly number[];
  step: number;
  tracks: readonly Track[];
  language: string;
  unit: (value: number) => string;
  width: number;
  height: number;
  onCursor: (at: number | null) => void;
  onRange: (since: number, until: number) => void;
}

/** The values to draw: bars stand on one another, the topmost first so that lower ones cover it. */
export function dataOf({ kind, grid, tracks }: PlotOptions): uPlot.AlignedData {
  if (kind === "lines") return [[...grid], ...tracks.map((track) => track.values)] as uPlot.AlignedData;
  const heap = new Array<number>(grid.length).fill(0);
  const piles = tracks.map((track) =>
    track.values.map((value, at) => {
      heap[at] = (heap[at] ?? 0) + (value ?? 0);
      // A bar of no height would still draw its outline.
      return value ? heap[at] : null;
    }),
  );
  return [[...grid], ...piles.reverse()] as uPlot.AlignedData;
}

export function optionsOf(options: PlotOptions): uPlot.Options {
  const { kind, tracks, width, height, onCursor } = options;
  const drawn = kind === "bars" ? [...tracks].reverse() : [...tracks];
  return {
    width,
    height,
    padding: [6, 8, 0, 0],
    legend: { show: false },
    cursor: {
      y: false,
      sync: { key: "filon.traces" },
      drag: { x: true, y: false, setScale: false },
      points: { show: false },
    },
    select: { show: true, left: 0, top: 0, width: 0, height: 0 },
    scales: {
      x: { time: true, range: spread(options) },
      y: { range: (_, __, most) => [0, Math.max(most * 1.08, 1e-9)] },
    },
    axes: [timeAxis(options), valueAxis(options)],
    series: [{}, ...drawn.map((track) => (kind === "bars" ? bars(track) : line(track)))],
    hooks: {
      setCursor: [(plot) => onCursor(plot.cursor.idx ?? null)],
      setSelect: [(plot) => selected(plot, options)],
      draw: kind === "lines" ? [(plot) => marks(plot, tracks)] : [],
    },
  };
}

/** Bars are as wide as a step, so half a step more at the end keeps the last one whole. */
function spread({ grid, step }: PlotOptions): uPlot.Scale.Range {
  const from = grid[0] ?? 0;
  const to = (grid.at(-1) ?? from) + step;
  return () => [from, to];
}

function bars(track: Track): uPlot.Series {
  return {
    label: track.name,
    stroke: () => colourOf(variableOf(track.stratum)),
    fill: (plot) => fillOf(plot.ctx, track.stratum),
    width: 1,
    points: { show: false },
    paths: uPlot.paths.bars?.({ size: [0.82, 40, 1], align: 1 }),
  };
}

function line(track: Track): uPlot.Series {
  return {
    label: track.name,
    stroke: () => colourOf(variableOf(track.stratum)),
    width: track.dashed ? 1 : 1.6,
    dash: track.dashed ? [4, 3] : undefined,
    points: { show: false },
    spanGaps: true,
  };
}

function timeAxis({ grid, step, language }: PlotOptions): uPlot.Axis {
  const span = grid.length * step;
  return {
    stroke: () => colourOf("--ink-3"),
    font: font(),
    size: 22,
    gap: 3,
    space: 74,
    grid: { show: false },
    ticks: { stroke: () => colourOf("--line-strong"), size: 4, width: 1 },
    border: { show: true, stroke: () => colourOf("--line-strong"), width: 1 },
    values: (_, splits) => splits.map((at) => momentLabel(at, span, language)),
  };
}

function valueAxis({ unit }: PlotOptions): uPlot.Axis {
  return {
    stroke: () => colourOf("--ink-3"),
    font: font(),
    size: 54,
    gap: 4,
    space: 28,
    grid: { stroke: () => colourOf("--line"), width: 1 },
    ticks: { show: false },
    values: (_, splits) => splits.map((value) => unit(value)),
  };
}

const font = () => `11px ${getComputedStyle(document.documentElement).getPropertyValue("--face-mono")}`;

/** A drawn span is looked at by whole steps. */
function selected(plot: uPlot, { step, grid, onRange }: PlotOptions): void {
  const { left, width } = plot.select;
  if (width < 3) return;
  const first = grid[0] ?? 0;
  const even = (at: number, round: (n: number) => number) => first + round((at - first) / step) * step;
  const since = even(plot.posToVal(left, "x"), Math.floor);
  const until = even(plot.posToVal(left + width, "x"), Math.ceil);
  plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  onRange(since, Math.max(until, since + step));
}

function marks(plot: uPlot, tracks: readonly Track[]): void {
  const pen = plot.ctx;
  const scale = window.devicePixelRatio || 1;
  pen.save();
  for (const [at, track] of tracks.entries()) {
    if (track.dashed) continue;
    pen.fillStyle = colourOf(variableOf(track.stratum));
    const values = plot.data[at + 1] ?? [];
    for (const [index, value] of values.entries()) {
      const moment = plot.data[0][index];
      if (typeof value !== "number" || moment === undefined) continue;
      const x = plot.valToPos(moment, "x", true);
      const y = plot.valToPos(value, "y", true);
      drawMark(pen, ORDER.indexOf(track.stratum), x, y, 6 * scale);
    }
  }
  pen.restore();
}
