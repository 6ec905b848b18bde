import type { TFunction } from "i18next";
import { memo, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { bytes, count, duration } from "../format";
import { Button } from "../ui/Button";
import { RawText } from "./BodyView";
import { stallsOf } from "./frames";
import { outputOf, STRATUM } from "./phases";
import type { Attempt, Frame } from "./records";
import { Section } from "./Section";
import { Visible } from "./Visible";
import { oneLine } from "./visible";

/** So many rows at once; more come by the press of a button, so that a long stream stays quick. */
const PAGE = 100;
const LONGEST_CELL = 300;

interface StreamProps {
  attempt?: Attempt;
  live: boolean;
  narrow: boolean;
}

/** Every frame as it came from the socket. */
export function StreamSection({ attempt, live, narrow }: StreamProps) {
  const { t } = useTranslation("inspector");
  const [words, setWords] = useState("");
  const [limit, setLimit] = useState(PAGE);
  const frames = attempt?.frames ?? [];
  const stalled = useMemo(() => new Set(stallsOf(frames).map((stall) => stall.to)), [frames]);
  const rows = useMemo(() => {
    const wanted = words.trim().toLowerCase();
    return frames
      .map((frame, index) => ({ frame, index }))
      .filter(
        ({ frame }) => !wanted || frame.text.toLowerCase().includes(wanted) || frame.kind.includes(wanted),
      );
  }, [frames, words]);
  const total = frames.reduce((sum, frame) => sum + frame.size, 0);
  return (
    <Section
      id="stream"
      title={t("section.stream")}
      small={
        frames.length
          ? t("stream.small", { count: frames.length, figure: count(frames.length), size: bytes(total) })
          : undefined
      }
      end={
        frames.length > 8 ? (
          <input
            className="field insp-find"
            type="search"
            placeholder={t("stream.find")}
            aria-label={t("stream.find")}
            value={words}
            onChange={(event) => {
              setWords(event.target.value);
              setLimit(PAGE);
            }}
          />
        ) : undefined
      }
    >
      {frames.length === 0 ? (
        <p className="text-ink-2">{t(live ? "stream.nothingYet" : "stream.nothing")}</p>
      ) : null}
      {attempt && attempt.frames_cut > 0 ? (
        <p className="insp-note">{t("stream.cut", { size: bytes(attempt.frames_cut) })}</p>
      ) : null}
      {frames.length > 0 ? (
        <>
          {words ? <p className="mb-1 text-ink-3">{t("stream.hits", { count: rows.length })}</p> : null}
          <table className="insp-table insp-stream" data-narrow={narrow || undefined}>
            <caption className="sr-only">{t("stream.caption")}</caption>
            <thead>
              <tr>
                <th className="r">{t("stream.seq")}</th>
                <th className="r">t</th>
                <th className="r">Δt</th>
                <th>{t("stream.kind")}</th>
                <th className="r">{t("stream.bytes")}</th>
                {narrow ? null : <th>{t("stream.text")}</th>}
              </tr>
            </thead>
            <tbody>
              {rows.slice(0, limit).map(({ frame, index }) => (
                <FrameRow
                  key={index}
                  frame={frame}
                  index={index}
                  before={frames[index - 1]}
                  stalled={stalled.has(frame.at)}
                  narrow={narrow}
                />
              ))}
            </tbody>
          </table>
          {rows.length > limit ? (
            <Button small className="mt-2" onClick={() => setLimit(limit + PAGE * 5)}>
              {t("stream.more", {
                count: Math.min(PAGE * 5, rows.length - limit),
                left: count(rows.length - limit),
              })}
            </Button>
          ) : null}
        </>
      ) : null}
    </Section>
  );
}

/** What a frame held: what a reader sees of it has the stratum that it has in the timeline. */
function Kind({ kind, t }: { kind: string; t: TFunction }) {
  if (!kind) return <span className="text-ink-3">{t("stream.noKind")}</span>;
  return kind.split(" ").map((tag) => {
    const output = outputOf(tag);
    return (
      <span key={tag} className="insp-kind" data-output={output ?? undefined}>
        {output ? <i className="sw" data-s={STRATUM[output]} /> : null}
        {t(`stream.kinds.${tag}`, { defaultValue: tag })}
      </span>
    );
  });
}

interface FrameRowProps {
  frame: Frame;
  index: number;
  before?: Frame;
  stalled: boolean;
  narrow: boolean;
}

/** Drawn again only when it changes: there may be very many. */
const FrameRow = memo(function FrameRow({ frame, index, before, stalled, narrow }: FrameRowProps) {
  const { t } = useTranslation("inspector");
  const [open, setOpen] = useState(false);
  const text = (
    <button type="button" className="insp-cell" aria-expanded={open} onClick={() => setOpen(!open)}>
      <Visible text={oneLine(frame.text.slice(0, LONGEST_CELL))} />
    </button>
  );
  return (
    <>
      <tr className={frame.kind.includes("broken") ? "text-error" : ""}>
        <td className="m r text-ink-3">{index + 1}</td>
        <td className="m r">{duration(frame.at)}</td>
        <td className={`m r ${stalled ? "font-strong text-warn" : ""}`}>
          {stalled ? <span className="sr-only">{t("phase.stall")} </span> : null}
          {before ? `+${duration(Math.max(0, frame.at - before.at))}` : ""}
        </td>
        <td className="m kinds">
          <Kind kind={frame.kind} t={t} />
        </td>
        <td className="m r">{count(frame.size)}</td>
        {narrow ? null : <td className="m">{text}</td>}
      </tr>
      {narrow ? (
        <tr className="under">
          <td />
          <td colSpan={4} className="m">
            {text}
          </td>
        </tr>
      ) : null}
      {open ? (
        <tr className="under">
          <td />
          <td colSpan={narrow ? 4 : 5}>
            <RawText text={frame.text} />
          </td>
        </tr>
      ) : null}
    </>
  );
});
