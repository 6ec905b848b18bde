import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Trace } from "../../api/types";
import { count, duration } from "../../format";
import { Button } from "../../ui/Button";
import type { Fold } from "../fold/said";
import { gaps, median, stallsOf } from "../frames";
import { endOf, phasesOf, placed, waitBefore, withStalls } from "../phases";
import type { Attempt, Timing, TraceRecords } from "../records";
import { Section } from "../Section";
import { AttemptRows } from "./AttemptRows";
import { Core, Phases } from "./Core";
import { Moment } from "./Moment";
import { PhaseTable } from "./PhaseTable";
import { Plot } from "./Plot";
import { Stages } from "./Stages";

interface TimelineProps {
  trace: Trace;
  records: TraceRecords;
  attempt?: Attempt;
  onChoose: (number: number) => void;
  fold: Fold;
  /** The frame that the scrubber stands on. */
  frame: number | null;
  onFrame: (frame: number | null) => void;
  now: number;
  narrow: boolean;
}

/** A clock that is off by more than this is not ours to measure with. */
const SANE = 3600;

export function TimelineSection(props: TimelineProps) {
  const { trace, records, attempt, onChoose, fold, frame, onFrame, now, narrow } = props;
  const { t } = useTranslation("inspector");
  const [asTable, setAsTable] = useState(false);
  // An attempt that failed is over, even while the turn waits to try again.
  const live = trace.outcome === "live" && attempt === records.attempts.at(-1) && !attempt?.error;
  const elapsed = Math.max(0, now - trace.started_at);
  return (
    <Section
      id="timeline"
      title={t("section.timeline")}
      small={<Summary records={records} attempt={attempt} />}
      end={
        attempt ? (
          <Button kind="bare" small aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
            {t("timeline.asTable")}
          </Button>
        ) : undefined
      }
    >
      {records.attempts.length > 1 ? (
        <AttemptRows records={records} chosen={attempt} onChoose={onChoose} />
      ) : null}
      {attempt ? (
        <Exchange
          attempt={attempt}
          before={records.attempts[records.attempts.indexOf(attempt) - 1]}
          live={live}
          fold={fold}
          frame={frame}
          onFrame={onFrame}
          now={live ? now - attempt.started : undefined}
          asTable={asTable}
          narrow={narrow}
        />
      ) : (
        <p className="text-ink-2">
          {live || trace.outcome === "live" ? t("timeline.notSentYet") : t("timeline.neverSent")}
        </p>
      )}
      <Stages records={records} live={trace.outcome === "live"} elapsed={elapsed < SANE ? elapsed : 0} />
    </Section>
  );
}

function Summary({ records, attempt }: { records: TraceRecords; attempt?: Attempt }) {
  const { t } = useTranslation("inspector");
  if (!attempt) return null;
  return `${t("timeline.attempts", { count: records.attempts.length })}, ${t(connectionOf(attempt.timing))}`;
}

function connectionOf(timing: Timing) {
  if (timing.retried_stale) return "timeline.stale";
  return timing.reused ? "timeline.reused" : "timeline.new";
}

interface ExchangeProps extends Pick<TimelineProps, "fold" | "frame" | "onFrame"> {
  attempt: Attempt;
  before?: Attempt;
  live: boolean;
  now?: number;
  asTable: boolean;
  narrow: boolean;
}

function Exchange(props: ExchangeProps) {
  const { attempt, before, live, fold, frame, onFrame, now, asTable, narrow } = props;
  const { t } = useTranslation("inspector");
  const { frames, timing } = attempt;
  const failed = Boolean(attempt.error) || (attempt.status ?? 0) >= 400;
  const sane = now !== undefined && now >= 0 && now < SANE ? now : undefined;
  const end = endOf(timing, frames, sane);
  const stalls = useMemo(() => stallsOf(frames), [frames]);
  // A wait that nobody can see is none.
  const lead = (attempt.waited ?? 0) < 0.001 ? 0 : (attempt.waited ?? 0);
  const own = withStalls(phasesOf({ timing, frames, failed, now: sane, fine: true }), stalls);
  const phases = placed(own, lead, lead, waitBefore(before));
  const usual = median(gaps(frames));
  // A live core leaves room to grow, in steps, so that it does not shrink at every tick.
  const span = lead + (live ? roomFor(end) : end || 0.001);
  return (
    <>
      <p className="insp-events mono">
        {t("timeline.events", { count: frames.length, figure: count(frames.length) })}
        {usual === null ? "" : ` · ${t("timeline.median", { time: duration(usual) })}`}
        {stalls.length ? ` · ${t("timeline.stalls", { count: stalls.length })}` : ""}
      </p>
      {asTable ? (
        <PhaseTable phases={phases} timing={timing} />
      ) : (
        <>
          <p className="sr-only">
            {phases.map((p) => `${t(`phase.${p.kind}`)} ${duration(p.to - p.from)}`).join(", ")}
          </p>
          <Core phases={phases} span={span} now={live ? lead + end : undefined} height={narrow ? 26 : 24} />
          <Plot
            frames={frames}
            stalls={stalls}
            span={span}
            lead={lead}
            chosen={frame}
            onChoose={onFrame}
            now={live ? end : undefined}
            height={narrow ? 64 : 82}
          />
          <Phases phases={phases} done={live || failed ? undefined : end} />
          {frame === null || !frames[frame] ? (
            frames.length > 1 ? (
              <p className="mt-1 text-ink-3">{t("scrub.hint")}</p>
            ) : null
          ) : (
            <Moment frames={frames} fold={fold} frame={frame} onChoose={onFrame} />
          )}
        </>
      )}
    </>
  );
}

export function roomFor(seconds: number): number {
  const steps = [1, 2, 4, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512];
  return steps.find((step) => step >= seconds * 1.1) ?? seconds * 1.25;
}
