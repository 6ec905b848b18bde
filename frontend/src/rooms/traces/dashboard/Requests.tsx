import { type PointerEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Series } from "../api";
import { coarser, gridOf, summed } from "./figures";
import { momentLabel } from "./moments";

const BINS = 60;
const HEIGHT = 46;

interface RequestsProps {
  series: Series;
  onRange: (since: number, until: number) => void;
}

/** Requests over time; a bar leads to its traces, and a span that is drawn over several to theirs. */
export function Requests({ series, onRange }: RequestsProps) {
  const { t, i18n } = useTranslation("traces");
  const grid = gridOf(series);
  const all = coarser(
    summed(grid, series, (point) => point.requests),
    BINS,
  );
  const failed = coarser(
    summed(grid, series, (point) => point.failed),
    BINS,
  );
  const from = grid[0] ?? series.since;
  const span = grid.length * series.step;
  const each = all.length ? span / all.length : span;
  const most = Math.max(1, ...all);
  const width = 240 / Math.max(1, all.length);
  const brush = useBrush((first, last) => {
    if (all.length) onRange(from + first * each, from + (last + 1) * each);
  }, all.length);
  const label = (at: number) => momentLabel(at, span, i18n.language);
  return (
    <>
      <svg
        className="tr-brush"
        width="100%"
        height={HEIGHT + 1}
        viewBox={`0 0 240 ${HEIGHT + 1}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={t("binsLabel", { count: series.totals.requests, failed: series.totals.failed })}
        {...brush.handlers}
      >
        {brush.range ? (
          <rect
            x={brush.range[0] * width}
            width={(brush.range[1] - brush.range[0] + 1) * width}
            y="0"
            height={HEIGHT}
            fill="var(--vein-wash)"
            stroke="var(--vein)"
            vectorEffect="non-scaling-stroke"
          />
        ) : null}
        {all.map((count, at) => {
          const wrong = ((failed[at] ?? 0) / most) * HEIGHT;
          const right = ((count - (failed[at] ?? 0)) / most) * HEIGHT;
          return (
            <g key={at}>
              <rect
                x={at * width}
                y={HEIGHT - wrong - right}
                width={width * 0.78}
                height={right}
                fill="var(--strata-1)"
              />
              <rect
                x={at * width}
                y={HEIGHT - wrong}
                width={width * 0.78}
                height={wrong}
                fill="var(--error)"
              />
            </g>
          );
        })}
        <path d={`M0 ${HEIGHT + 0.5}H240`} stroke="var(--line-strong)" vectorEffect="non-scaling-stroke" />
      </svg>
      <div className="tr-ends mono">
        {brush.range ? (
          <span className="text-vein">
            {label(from + brush.range[0] * each)} – {label(from + (brush.range[1] + 1) * each)}
          </span>
        ) : series.totals.requests === 0 ? (
          <span>{t("chart.noRequests")}</span>
        ) : (
          <>
            <span>{label(from)}</span>
            <span>{label(from + span / 2)}</span>
            <span>{label(from + span)}</span>
          </>
        )}
      </div>
    </>
  );
}

/** Draws a span over bins by pointer; a press on one bin is the span of that bin. */
function useBrush(onBrush: (first: number, last: number) => void, bins: number) {
  const [range, setRange] = useState<[number, number] | null>(null);
  const start = useRef<number | null>(null);
  const binAt = (event: PointerEvent<Element>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const part = (event.clientX - box.left) / Math.max(1, box.width);
    return Math.min(bins - 1, Math.max(0, Math.floor(part * bins)));
  };
  const to = (event: PointerEvent<Element>): [number, number] => {
    const [one, other] = [start.current ?? 0, binAt(event)];
    return [Math.min(one, other), Math.max(one, other)];
  };
  return {
    range,
    handlers: {
      onPointerDown: (event: PointerEvent<Element>) => {
        if (event.button !== 0 || bins === 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        start.current = binAt(event);
        setRange(to(event));
      },
      onPointerMove: (event: PointerEvent<Element>) => {
        if (start.current !== null) setRange(to(event));
      },
      onPointerUp: (event: PointerEvent<Element>) => {
        if (start.current === null) return;
        const [first, last] = to(event);
        start.current = null;
        setRange(null);
        onBrush(first, last);
      },
      onPointerCancel: () => {
        start.current = null;
        setRange(null);
      },
    },
  };
}
