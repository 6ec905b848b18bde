import { useTranslation } from "react-i18next";
import type { Trace } from "../../api/types";
import { clock, duration } from "../../format";
import { tickLabel } from "../../inspector/figures";
import { ticks } from "../../inspector/frames";
import { type Phase, STRATUM } from "../../inspector/phases";
import { type Axis, barsOf, clockTicks } from "./waterfall";

/** One row of the waterfall. Every phase keeps three pixels, so that none can vanish. */
export function Bars({ phases, axis, live = false }: { phases: Phase[]; axis: Axis; live?: boolean }) {
  const { t } = useTranslation("inspector");
  const part = (seconds: number) => `${(seconds / axis.span) * 100}%`;
  const words = phases.map((p) => `${t(`phase.${p.kind}`)} ${duration(p.to - p.from)}`).join(", ");
  return (
    <div className="tr-bars" title={words}>
      <span className="sr-only">{words}</span>
      {phases.map((phase, at) =>
        phase.kind === "stall" ? null : (
          <i
            key={at}
            data-s={STRATUM[phase.kind]}
            style={{ left: `min(${part(phase.from)}, calc(100% - 3px))`, width: `max(3px, ${part(phase.to - phase.from)})` }}
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

/** The head of the waterfall: moments of the clock, or seconds from the start. */
export function AxisHead({ axis }: { axis: Axis }) {
  const marks = axis.mode === "clock" ? clockTicks(axis) : ticks(axis.span, 4);
  const step = (marks[1] ?? 1) - (marks[0] ?? 0);
  return (
    <div className="tr-axis mono">
      {marks.map((mark, at) => (
        <span key={mark} style={{ left: `${(mark / axis.span) * 100}%` }} data-late={mark / axis.span > 0.85 || undefined}>
          {axis.mode === "clock" ? clock(axis.from + mark) : tickLabel(mark, at, step)}
        </span>
      ))}
    </div>
  );
}
