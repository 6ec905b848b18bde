import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { bytes, count, duration } from "../../format";
import { CopyButton } from "../../ui/CopyButton";
import { RawText } from "../BodyView";
import { Choice } from "../Choice";
import type { Fold } from "../fold/said";
import type { Attempt, Frame } from "../records";
import { Section } from "../Section";
import { chosenRows, kindsOf, QUIET, type Row, rowsOf, sizeOf } from "./rows";
import { StreamTable } from "./StreamTable";

interface StreamProps {
  attempt?: Attempt;
  fold: Fold;
  /** The frame that the scrubber stands on. */
  frame: number | null;
  onFrame: (frame: number | null) => void;
  live: boolean;
  narrow: boolean;
}

type View = "decoded" | "raw" | "bytes";
const NONE: Frame[] = [];

/** Every frame as it came from the socket: as a table, or as the bytes that they are. */
export function StreamSection({ attempt, fold, frame, onFrame, live, narrow }: StreamProps) {
  const { t } = useTranslation("inspector");
  const [words, setWords] = useState("");
  const [kind, setKind] = useState<string | null>(null);
  const [view, setView] = useState<View>("decoded");
  const frames = attempt?.frames ?? NONE;
  const rows = useMemo(() => rowsOf(frames, fold), [frames, fold]);
  const kinds = useMemo(() => kindsOf(rows), [rows]);
  const shown = useMemo(() => chosenRows(rows, kind, words), [rows, kind, words]);
  const chosen = frame === null ? undefined : rows[frame];
  return (
    <Section
      id="stream"
      title={t("section.stream")}
      small={
        frames.length
          ? t("stream.small", {
              count: frames.length,
              figure: count(frames.length),
              size: sizeOf(frames),
            })
          : undefined
      }
      end={
        frames.length ? (
          <Choice
            label={t("stream.view")}
            value={view}
            onChange={setView}
            options={(["decoded", "raw", "bytes"] as const).map((value) => ({
              value,
              text: t(`stream.views.${value}`),
            }))}
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
      {frames.length > 0 && view === "bytes" ? <Bytes frames={frames} /> : null}
      {frames.length > 0 && view !== "bytes" ? (
        <>
          <div className="insp-filter">
            <fieldset className="insp-kinds" aria-label={t("stream.byKind")}>
              <KindButton chosen={kind === null} onPress={() => setKind(null)}>
                {t("stream.all")} <b>{count(rows.length)}</b>
              </KindButton>
              {kinds.map((one) => (
                <KindButton
                  key={one.kind}
                  chosen={kind === one.kind}
                  onPress={() => setKind(kind === one.kind ? null : one.kind)}
                >
                  {one.kind === QUIET
                    ? t("stream.noKind")
                    : t(`stream.kinds.${one.kind}`, { defaultValue: one.kind })}{" "}
                  <b>{count(one.count)}</b>
                </KindButton>
              ))}
            </fieldset>
            <input
              className="field insp-find"
              type="search"
              placeholder={t("stream.find")}
              aria-label={t("stream.find")}
              value={words}
              onChange={(event) => setWords(event.target.value)}
            />
          </div>
          <p role="status" className={words || kind ? "mb-1 text-ink-3" : "sr-only"}>
            {words || kind ? t("stream.hits", { count: shown.length, figure: count(shown.length) }) : ""}
          </p>
          <StreamTable
            rows={shown}
            all={rows.length}
            chosen={frame}
            onChoose={onFrame}
            raw={view === "raw"}
            narrow={narrow}
          />
          {chosen ? <Detail row={chosen} /> : null}
        </>
      ) : null}
    </Section>
  );
}

interface KindButtonProps {
  chosen: boolean;
  onPress: () => void;
  children: React.ReactNode;
}

function KindButton({ chosen, onPress, children }: KindButtonProps) {
  return (
    <button type="button" aria-pressed={chosen} onClick={onPress}>
      {children}
    </button>
  );
}

/** The chosen frame, whole. */
function Detail({ row }: { row: Row }) {
  const { t } = useTranslation("inspector");
  const { frame, index, names } = row;
  return (
    <div className="insp-detail" data-testid="stream-detail">
      <p className="flex flex-wrap items-center gap-x-3 text-ink-2">
        <b className="mono">{count(index + 1)}</b>
        <span className="mono">{duration(frame.at)}</span>
        <span className="mono">{names.join(" ")}</span>
        <span className="mono">{bytes(frame.size)}</span>
        {row.inexact ? <span className="text-warn">{t("body.notExact")}</span> : null}
        <span className="flex-1" />
        <CopyButton text={frame.text} word={t("stream.copyFrame")} />
      </p>
      <RawText text={frame.text} />
      {frame.hex ? <p className="mono break-all text-ink-3">{frame.hex}</p> : null}
    </div>
  );
}

/** The body of the reply in one piece, exactly as it came. */
function Bytes({ frames }: { frames: Frame[] }) {
  const { t } = useTranslation("inspector");
  const text = useMemo(() => frames.map((frame) => frame.text).join(""), [frames]);
  return (
    <div className="grid gap-2">
      <div className="flex items-center gap-2 text-ink-3">
        <span>{t("stream.exact")}</span>
        <span className="flex-1" />
        <CopyButton text={text} word={t("body.copy")} />
      </div>
      <div className="insp-window">
        <RawText text={text} />
      </div>
    </div>
  );
}
