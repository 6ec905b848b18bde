import type { TFunction } from "i18next";
import { type KeyboardEvent, memo, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { count, duration } from "../../format";
import { outputOf, STRATUM } from "../phases";
import { Visible } from "../Visible";
import { oneLine } from "../visible";
import { countsInWords, decoded, type Row } from "./rows";
import { useRowsInView } from "./window";

const LONGEST_CELL = 300;

interface TableProps {
  rows: Row[];
  /** How many there are when none is filtered out. */
  all: number;
  /** The frame that is looked at. */
  chosen: number | null;
  onChoose: (frame: number) => void;
  raw: boolean;
  narrow: boolean;
}

/** One row a frame, of which only those in view are in the page. */
export function StreamTable({ rows, all, chosen, onChoose, raw, narrow }: TableProps) {
  const { t } = useTranslation("inspector");
  const box = useRef<HTMLDivElement>(null);
  const height = narrow ? 44 : 26;
  const { from, to, reveal } = useRowsInView(box, height, rows.length);
  const place = rows.findIndex((row) => row.index === chosen);
  useEffect(() => {
    if (place >= 0) reveal(place);
  }, [place, reveal]);

  const walk = (event: KeyboardEvent<HTMLDivElement>) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const page = Math.max(1, Math.floor((box.current?.clientHeight ?? 400) / height) - 1);
    const steps: Record<string, number> = {
      ArrowDown: place + 1,
      ArrowUp: place < 0 ? 0 : place - 1,
      PageDown: Math.max(0, place) + page,
      PageUp: Math.max(0, place) - page,
      Home: 0,
      End: rows.length - 1,
    };
    const next = steps[event.key];
    if (next === undefined) return;
    event.preventDefault();
    const row = rows[Math.min(rows.length - 1, Math.max(0, next))];
    if (row) onChoose(row.index);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a scroll box whose arrows walk its rows
    <div
      ref={box}
      className="insp-window"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
      tabIndex={0}
      onKeyDown={walk}
      data-testid="stream-window"
    >
      <table
        className="insp-table insp-stream"
        data-narrow={narrow || undefined}
        aria-rowcount={rows.length + 1}
      >
        <caption className="sr-only">{t("stream.caption")}</caption>
        <thead>
          <tr aria-rowindex={1}>
            <th className="r">{t("stream.seq")}</th>
            <th className="r">t</th>
            <th className="r">Δt</th>
            <th>{t("stream.kind")}</th>
            <th className="r">{t("stream.bytes")}</th>
            {narrow ? null : <th>{t(raw ? "stream.text" : "stream.decoded")}</th>}
          </tr>
        </thead>
        <tbody>
          <Gap height={from * height} />
          {rows.slice(from, to).map((row, at) => (
            <FrameRow
              key={row.index}
              row={row}
              place={from + at + 2}
              digits={String(all).length}
              chosen={row.index === chosen}
              onChoose={onChoose}
              raw={raw}
              narrow={narrow}
            />
          ))}
          <Gap height={(rows.length - to) * height} />
        </tbody>
      </table>
    </div>
  );
}

/** As high as the rows that are not drawn. */
function Gap({ height }: { height: number }) {
  return height > 0 ? (
    <tr className="gap">
      <td colSpan={6} style={{ height }} />
    </tr>
  ) : null;
}

interface FrameRowProps {
  row: Row;
  place: number;
  digits: number;
  chosen: boolean;
  onChoose: (frame: number) => void;
  raw: boolean;
  narrow: boolean;
}

/** Drawn again only when it changes: there may be very many. */
const FrameRow = memo(function FrameRow(props: FrameRowProps) {
  const { row, place, digits, chosen, onChoose, raw, narrow } = props;
  const { t } = useTranslation("inspector");
  const { frame, index, gap, stalled, malformed } = row;
  const told = (
    <button
      type="button"
      tabIndex={-1}
      className="insp-cell"
      aria-label={t("stream.open", { number: index + 1 })}
      aria-pressed={chosen}
      onClick={() => onChoose(index)}
    >
      {raw ? <Visible text={oneLine(frame.text.slice(0, LONGEST_CELL))} /> : <Decoded row={row} t={t} />}
    </button>
  );
  return (
    <tr
      aria-rowindex={place}
      className={malformed ? "text-error" : ""}
      data-chosen={chosen || undefined}
      data-testid="stream-row"
    >
      <td className="m r text-ink-3">{String(index + 1).padStart(digits, "\u2007")}</td>
      <td className="m r">{duration(frame.at)}</td>
      <td className={`m r ${stalled ? "font-strong text-warn" : ""}`}>
        {stalled ? <span className="sr-only">{t("phase.stall")} </span> : null}
        {gap === null ? "" : `+${duration(gap)}`}
      </td>
      <td className="m kinds">
        <Kind row={row} t={t} />
        {narrow ? told : null}
      </td>
      <td className="m r">{count(frame.size)}</td>
      {narrow ? null : <td className="m">{told}</td>}
    </tr>
  );
});

/** What a frame held: what a reader sees of it has the stratum that it has in the timeline. */
function Kind({ row, t }: { row: Row; t: TFunction<"inspector"> }) {
  const shown = row.malformed && !row.tags.includes("broken") ? [...row.tags, "broken"] : row.tags;
  if (shown.length === 0) return <span className="text-ink-3">{row.names[0] ?? t("stream.noKind")}</span>;
  return (
    <span title={row.names.join(" ") || undefined}>
      {shown.map((tag) => {
        const output = outputOf(tag);
        return (
          <span key={tag} className="insp-kind" data-output={output ?? undefined}>
            {output ? <i className="sw" data-s={STRATUM[output]} /> : null}
            {t(`stream.kinds.${tag}`, { defaultValue: tag })}
          </span>
        );
      })}
    </span>
  );
}

function Decoded({ row, t }: { row: Row; t: TFunction<"inspector"> }) {
  const said = decoded(row);
  return (
    <>
      {said ? (
        <span className="js-str whitespace-pre">
          <Visible text={said} />
        </span>
      ) : null}
      {row.finish ? (
        <span className="insp-told">
          {t("stream.ends")} <code>{row.finish}</code>
        </span>
      ) : null}
      {row.counts ? (
        <span className="insp-told">
          {t("stream.usageHere")} {countsInWords(row.counts)}
        </span>
      ) : null}
      {row.malformed ? <span className="insp-told">{t("stream.malformed")}</span> : null}
      {!said && !row.finish && !row.counts && !row.malformed ? (
        <span className="text-ink-3">
          <Visible text={oneLine(row.frame.text.slice(0, LONGEST_CELL))} />
        </span>
      ) : null}
    </>
  );
}
