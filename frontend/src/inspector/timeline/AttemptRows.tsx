import { useTranslation } from "react-i18next";
import { duration } from "../../format";
import { endOf, phasesOf } from "../phases";
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
  const rows = attempts.map((attempt) => {
    const failed = Boolean(attempt.error) || (attempt.status ?? 0) >= 400;
    const offset = Math.max(0, attempt.started - start);
    const end = endOf(attempt.timing, attempt.frames);
    const phases = phasesOf({ timing: attempt.timing, frames: attempt.frames, failed });
    return { attempt, failed, offset, end, phases };
  });
  const span = Math.max(0.001, ...rows.map((row) => row.offset + row.end));
  return (
    <fieldset className="insp-attempts" aria-label={t("timeline.chooseAttempt")}>
      {rows.map(({ attempt, failed, offset, end, phases }) => (
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
          <Core
            phases={phases.map((phase) => ({ ...phase, from: phase.from + offset, to: phase.to + offset }))}
            span={span}
            height={12}
          />
          <span className="mono text-right text-ink-2">{duration(end)}</span>
        </button>
      ))}
    </fieldset>
  );
}
