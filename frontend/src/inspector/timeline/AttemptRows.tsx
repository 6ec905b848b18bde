import { useTranslation } from "react-i18next";
import { duration } from "../../format";
import { endOf, phasesOf, placed, waitBefore } from "../phases";
import type { Attempt, TraceRecords } from "../records";
import { Core } from "./Core";

interface AttemptRowsProps {
  records: TraceRecords;
  chosen?: Attempt;
  onChoose: (number: number) => void;
}

/** Every try of the turn on one axis; the sections below speak of the chosen one. */
export function AttemptRows({ records, chosen, onChoose }: AttemptRowsProps) {
  const { t } = useTranslation("inspector");
  const { attempts } = records;
  const start = records.all[0]?.started ?? attempts[0]?.started ?? 0;
  const rows = attempts.map((attempt, at) => {
    const failed = Boolean(attempt.error) || (attempt.status ?? 0) >= 400;
    const offset = Math.max(0, attempt.started - start);
    const end = endOf(attempt.timing, attempt.frames);
    const own = phasesOf({ timing: attempt.timing, frames: attempt.frames, failed });
    return {
      attempt,
      failed,
      offset,
      end,
      phases: placed(own, offset, attempt.waited, waitBefore(attempts[at - 1])),
    };
  });
  const span = Math.max(0.001, ...rows.map((row) => row.offset + row.end));
  return (
    <fieldset className="insp-attempts" aria-label={t("timeline.chooseAttempt")}>
      {rows.map(({ attempt, failed, end, phases }) => (
        <button
          key={attempt.number}
          type="button"
          aria-pressed={attempt === chosen}
          onClick={() => onChoose(attempt.number)}
        >
          <span className="mono text-ink-3">{attempt.number}</span>
          <span className="mono cut">{attempt.endpoint}</span>
          <span className={`mono font-strong ${failed ? "text-error" : "text-ink-2"}`}>
            {failed ? "✕ " : ""}
            {attempt.status ?? (failed ? t("state.failed") : t("state.live"))}
          </span>
          <Core phases={phases} span={span} height={12} />
          <span className="mono text-right text-ink-2">{duration(end)}</span>
          <Story attempt={attempt} />
        </button>
      ))}
    </fieldset>
  );
}

/** How long the turn waited before it, and what followed its failure. */
function Story({ attempt }: { attempt: Attempt }) {
  const { t } = useTranslation("inspector");
  const waited = attempt.waited ?? 0;
  if (waited < 0.001 && !attempt.then) return null;
  return (
    <span className="insp-then">
      {waited < 0.001 ? null : t("timeline.waited", { time: duration(waited) })}
      {waited < 0.001 || !attempt.then ? null : " · "}
      {attempt.then ? <span lang="en">{attempt.then}</span> : null}
    </span>
  );
}
