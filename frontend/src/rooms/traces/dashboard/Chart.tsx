import { type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import uPlot from "uplot";
import { useWidth } from "../../../inspector/measure";
import { Value } from "../filter/Value";
import { MARKS, ORDER, useTheme } from "./ink";
import { momentLabel } from "./moments";
import { dataOf, optionsOf, type PlotOptions, type Track } from "./plot";

export interface ChartTrack extends Track {
  /** What its entry of the legend filters by. */
  term?: [string, string];
  /** What it comes to over the whole time. */
  sum: string;
  label?: ReactNode;
}

export interface ChartProps {
  title: string;
  /** The figure of the whole. */
  figure?: ReactNode;
  note?: ReactNode;
  kind: PlotOptions["kind"];
  grid: readonly number[];
  step: number;
  tracks: readonly ChartTrack[];
  unit: (value: number) => string;
  /** What to say where there is nothing to draw. */
  empty: string;
  onRange: (since: number, until: number) => void;
}

const HEIGHT = 132;

/** One figure over time; a press or a drawn span leads to its traces, the legend to those of a line. */
export function Chart({ title, figure, note, tracks, empty, ...drawn }: ChartProps) {
  const { i18n } = useTranslation("traces");
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const [at, setAt] = useState<number | null>(null);
  const moment = at === null ? undefined : drawn.grid[at];
  const nothing = tracks.length === 0;
  return (
    <section className="tr-chart" aria-label={title}>
      <h3>
        {title} {figure ? <b className="mono">{figure}</b> : null}
        <span className="end">
          {moment === undefined ? note : momentLabel(moment, drawn.grid.length * drawn.step, i18n.language)}
        </span>
      </h3>
      <div ref={box} className="tr-plot" style={nothing ? undefined : { height: HEIGHT }}>
        {nothing ? <p className="text-ink-3">{empty}</p> : null}
        {width > 0 && !nothing ? (
          <Plot
            {...drawn}
            tracks={tracks}
            language={i18n.language}
            width={Math.floor(width)}
            height={HEIGHT}
            onCursor={setAt}
          />
        ) : null}
      </div>
      <ul className="tr-key">
        {tracks.map((track) =>
          track.dashed ? null : (
            <li key={track.name}>
              <Swatch track={track} kind={drawn.kind} />
              {track.term ? (
                <Value by={track.term[0]} value={track.term[1]} className="cut">
                  {track.label ?? track.name}
                </Value>
              ) : (
                <span className="cut">{track.label ?? track.name}</span>
              )}
              <b className="mono">{at === null ? track.sum : valueAt(track, at, drawn.unit)}</b>
            </li>
          ),
        )}
      </ul>
    </section>
  );
}

function valueAt(track: Track, at: number, unit: (value: number) => string): string {
  const value = track.values[at];
  return typeof value === "number" ? unit(value) : "–";
}

function Swatch({ track, kind }: { track: Track; kind: PlotOptions["kind"] }) {
  if (kind === "bars") return <i className="sw" data-s={track.stratum} aria-hidden="true" />;
  return (
    <i className="tr-line-mark" style={{ color: `var(--strata-${track.stratum})` }} aria-hidden="true">
      {MARKS[ORDER.indexOf(track.stratum)]}
    </i>
  );
}

function Plot(options: PlotOptions) {
  const place = useRef<HTMLDivElement>(null);
  const theme = useTheme();
  const last = useRef(options);
  last.current = options;
  const { kind, width, height, language, step } = options;
  // What changes how it is drawn makes it anew; new figures alone are put into the one that is there.
  const names = options.tracks
    .map((track) => `${track.name}${track.stratum}${track.dashed ? "-" : ""}`)
    .join("|");
  const look = useMemo(
    () =>
      JSON.stringify([
        kind,
        width,
        height,
        language,
        step,
        names,
        theme,
        options.grid[0],
        options.grid.length,
      ]),
    [kind, width, height, language, step, names, theme, options.grid],
  );
  const plot = useRef<uPlot | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `look` says all that matters
  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const current = {
      ...last.current,
      onCursor: (at: number | null) => last.current.onCursor(at),
      onRange: (since: number, until: number) => last.current.onRange(since, until),
    };
    const made = new uPlot(optionsOf(current), dataOf(current), element);
    plot.current = made;
    const pressed = (event: MouseEvent) => press(event, made, last.current);
    const down = (event: MouseEvent) => {
      made.over.dataset.from = String(event.clientX);
    };
    made.over.addEventListener("mousedown", down);
    made.over.addEventListener("click", pressed);
    return () => {
      made.destroy();
      plot.current = null;
    };
  }, [look]);
  useEffect(() => {
    plot.current?.setData(dataOf(options));
  }, [options.tracks, options.grid, options]);
  return <div ref={place} aria-hidden="true" />;
}

/** A press without a drawn span means the step under the pointer. */
function press(event: MouseEvent, plot: uPlot, { grid, step, onRange }: PlotOptions): void {
  if (Math.abs(event.clientX - Number(plot.over.dataset.from)) > 3) return;
  const box = plot.over.getBoundingClientRect();
  const moment = plot.posToVal(event.clientX - box.left, "x");
  const first = grid[0] ?? 0;
  const since = first + Math.floor((moment - first) / step) * step;
  onRange(since, since + step);
}
