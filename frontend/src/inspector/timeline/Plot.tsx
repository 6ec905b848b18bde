import { type KeyboardEvent, type PointerEvent, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { duration } from "../../format";
import { tickLabel } from "../figures";
import { columnsOf, dotsOf, heightOf, MOST_DOTS, nearestFrame, type Stall, ticks } from "../frames";
import { useWidth } from "../measure";
import { outputOf } from "../phases";
import type { Frame } from "../records";
import { FrameCard } from "./FrameCard";

interface PlotProps {
  frames: Frame[];
  stalls: Stall[];
  /** Seconds that the whole width stands for, the wait before the attempt among them. */
  span: number;
  /** Seconds on the axis before the attempt began. */
  lead: number;
  /** The frame that the scrubber stands on. */
  chosen: number | null;
  onChoose: (frame: number | null) => void;
  now?: number;
  height?: number;
}

const PAD = 4;
const GRID = [0.01, 0.1, 1];
const TONE = {
  content: "var(--strata-1)",
  reasoning: "var(--strata-4)",
  tool: "var(--strata-3)",
  other: "var(--ink-3)",
};

/**
 * A dot per frame: across, when it came; up, how long after the one before. What the pointer is over is
 * shown beside it; a press or an arrow sets the scrubber, which stays.
 */
export function Plot({ frames, stalls, span, lead, chosen, onChoose, now, height = 82 }: PlotProps) {
  const { t } = useTranslation("inspector");
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box) || 516;
  const [hovered, setHovered] = useState<number | null>(null);
  const x = (seconds: number) => ((seconds + lead) / span) * width;
  const y = (gap: number) => height - PAD - heightOf(gap) * (height - 2 * PAD);
  const set = chosen === null ? null : Math.min(chosen, frames.length - 1);
  const frame = set === null ? undefined : frames[set];
  const over = hovered === null || hovered === set ? undefined : frames[hovered];

  const under = (event: PointerEvent<HTMLDivElement>) => {
    const left = event.clientX - event.currentTarget.getBoundingClientRect().left;
    return nearestFrame(frames, (left / width) * span - lead);
  };
  const point = (event: PointerEvent<HTMLDivElement>) => {
    if (frames.length === 0) return;
    if (event.buttons & 1) onChoose(under(event));
    else setHovered(under(event));
  };
  const press = (event: PointerEvent<HTMLDivElement>) => {
    if (frames.length === 0) return;
    event.currentTarget.setPointerCapture?.(event.pointerId);
    setHovered(null);
    onChoose(under(event));
  };
  const walk = (event: KeyboardEvent<HTMLDivElement>) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const from = set ?? -1;
    const steps: Record<string, number> = {
      ArrowRight: from + 1,
      ArrowLeft: from - 1,
      PageDown: from + 10,
      PageUp: from - 10,
      Home: 0,
      End: frames.length - 1,
    };
    const to = steps[event.key];
    if (to === undefined || frames.length === 0) {
      if (event.key === "Escape" && set !== null) {
        event.preventDefault();
        event.stopPropagation();
        onChoose(null);
      }
      return;
    }
    event.preventDefault();
    onChoose(Math.min(frames.length - 1, Math.max(0, to)));
  };

  const marks = ticks(span - lead, width < 420 ? 4 : 8);
  const step = marks[1] ?? 1;
  return (
    <div className="relative" ref={box} onPointerLeave={() => setHovered(null)}>
      <div
        role="slider"
        tabIndex={0}
        aria-label={t("timeline.scrubber")}
        aria-valuemin={0}
        aria-valuemax={Math.max(0, frames.length - 1)}
        aria-valuenow={set ?? 0}
        aria-valuetext={
          frame
            ? t("timeline.frameAt", {
                number: (set ?? 0) + 1,
                count: frames.length,
                time: duration(frame.at),
                kind: frame.kind || t("stream.noKind"),
              })
            : t("timeline.noFrameChosen")
        }
        className="insp-plot"
        onPointerMove={point}
        onPointerDown={press}
        onKeyDown={walk}
      >
        <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
          {GRID.map((gap) => (
            <path key={gap} d={`M0 ${y(gap)}H${width}`} stroke="var(--line)" />
          ))}
          {stalls.map((stall) => (
            <StallArea key={stall.from} stall={stall} from={x(stall.from)} to={x(stall.to)} height={height} />
          ))}
          <Dots frames={frames} span={span} lead={lead} width={width} height={height} />
          {GRID.map((gap) => (
            <text key={gap} x={width} y={y(gap) - 3} textAnchor="end">
              {duration(gap).replace(".00", "")}
            </text>
          ))}
          {now === undefined ? null : (
            <path d={`M${x(now)} 0V${height}`} stroke="var(--vein)" strokeWidth="1.5" />
          )}
          {over ? <path d={`M${x(over.at)} 0V${height}`} stroke="var(--line-strong)" /> : null}
          {frame ? (
            <g stroke="var(--vein)" fill="var(--vein)">
              <path d={`M${x(frame.at)} 0V${height}`} strokeWidth="1.5" />
              <path d={`M${x(frame.at) - 5} 0h10l-5 6z`} stroke="none" />
            </g>
          ) : null}
        </svg>
      </div>
      <div className="insp-axis" aria-hidden="true">
        {marks.map((mark, i) => (
          <span
            key={mark}
            style={{ left: `${((mark + lead) / span) * 100}%` }}
            data-end={x(mark) > width - 14 || undefined}
          >
            {tickLabel(mark, i, step)}
          </span>
        ))}
      </div>
      {over && hovered !== null ? (
        <FrameCard frame={over} index={hovered} before={frames[hovered - 1]} at={x(over.at)} width={width} />
      ) : null}
    </div>
  );
}

function StallArea({ stall, from, to, height }: { stall: Stall; from: number; to: number; height: number }) {
  const { t } = useTranslation("inspector");
  const room = to - from;
  const label =
    room > 92
      ? t("timeline.stall", { time: duration(stall.seconds) })
      : room > 44
        ? duration(stall.seconds)
        : "";
  return (
    <g>
      <rect x={from} y={0} width={room} height={height} fill="var(--warn-wash)" />
      <path d={`M${from} 0V${height}M${to} 0V${height}`} stroke="var(--warn)" strokeDasharray="2 3" />
      <text x={(from + to) / 2} y={height / 2 + 4} textAnchor="middle" fill="var(--warn)" data-stall="">
        {label}
      </text>
    </g>
  );
}

interface DotsProps {
  frames: Frame[];
  span: number;
  lead: number;
  width: number;
  height: number;
}

/** All dots of a kind are one path: a line of no length with round ends is a dot. */
function Dots({ frames, span, lead, width, height }: DotsProps) {
  const paths = useMemo(() => {
    const drawn: Record<keyof typeof TONE, string> = { content: "", reasoning: "", tool: "", other: "" };
    const dots = dotsOf(frames);
    const x = (seconds: number) => (((seconds + lead) / span) * width).toFixed(1);
    const y = (gap: number) => (height - PAD - heightOf(gap) * (height - 2 * PAD)).toFixed(1);
    const kindOf = (index: number) => outputOf(frames[index]?.kind ?? "") ?? "other";
    if (dots.length <= MOST_DOTS) {
      for (const dot of dots) drawn[kindOf(dot.index)] += `M${x(dot.at)} ${y(dot.gap)}h0`;
    } else {
      for (const column of columnsOf(dots, span - lead, Math.round(width / 2)))
        drawn[kindOf(column.index)] += `M${x(column.at)} ${y(column.least)}V${y(column.greatest)}`;
    }
    return drawn;
  }, [frames, span, lead, width, height]);
  const thickness = frames.length <= MOST_DOTS ? 3.4 : 1.6;
  return (Object.keys(TONE) as (keyof typeof TONE)[]).map((kind) => (
    <path
      key={kind}
      d={paths[kind]}
      stroke={TONE[kind]}
      strokeWidth={thickness}
      strokeLinecap={kind === "content" || kind === "other" ? "round" : "square"}
      fill="none"
    />
  ));
}
