import type { Trace } from "../../../api/types";
import { duration } from "../../../format";
import { tickLabel } from "../../../inspector/figures";
import { ticks } from "../../../inspector/frames";
import { type Phase, STRATUM } from "../../../inspector/phases";
import { type Axis, barsOf, clockLabel, clockTicks } from "./waterfall";
import { useRowWords } from "./words";

/** One row of the waterfall. Every phase keeps three pixels, so that none can vanish. */
export function Bars({ phases, axis, live = false }: { phases: Phase[]; axis: Axis; live?: boolean }) {
  const { phase: name } = useRowWords();
  const part = (seconds: number) => `${(seconds / axis.span) * 100}%`;
  const words = phases.map((p) => `${name(p.kind)} ${duration(p.to - p.from)}`).join(", ");
  return (
    <div className="tr-bars">
      <span className="sr-only">{words}</span>
      {phases.map((phase, at) =>
        phase.kind === "stall" ? null : (
          <i
            key={at}
            data-s={STRATUM[phase.kind]}
            style={{
              left: `min(${part(phase.from)}, calc(100% - 3px))`,
              width: `max(3px, ${part(phase.to - phase.from)})`,
            }}
          />
        ),
      )}
      {live ? <i data-now="" style={{ left: part(phases.at(-1)?.to ?? 0) }} /> : null}
    </div>
  );
}

export function TraceBars({ trace, axis, now }: { trace: Trace; axis: Axis; now: number }) {
  return <Bars phases={barsOf(trace, axis, now)} axis={axis} live={trace.outcome === "live"} />;
}

export function marksOf(axis: Axis): number[] {
  return axis.mode === "clock" ? clockTicks(axis) : ticks(axis.span, 4);
}

/** The hairlines of the axis behind every row, as one background. */
export function gridOf(axis: Axis): string {
  return marksOf(axis)
    .map(
      (mark) =>
        `linear-gradient(var(--line) 0 0) ${((mark / axis.span) * 100).toFixed(2)}% 0 / 1px 100% no-repeat`,
    )
    .join(", ");
}

/** The head of the waterfall: moments of the clock, or seconds from the start. */
export function AxisHead({ axis }: { axis: Axis }) {
  const marks = marksOf(axis);
  const step = (marks[1] ?? 1) - (marks[0] ?? 0);
  return (
    <div className="tr-axis mono">
      {marks.map((mark, at) => (
        <span
          key={mark}
          style={{ left: `${(mark / axis.span) * 100}%` }}
          data-late={mark / axis.span > 0.85 || undefined}
        >
          {axis.mode === "clock" ? clockLabel(axis.from + mark, step, at) : tickLabel(mark, at, step)}
        </span>
      ))}
    </div>
  );
}
