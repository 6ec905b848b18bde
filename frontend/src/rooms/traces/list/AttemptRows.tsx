import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { duration } from "../../../format";
import { bareSeconds } from "../../../inspector/figures";
import { endOf, phasesOf, placed } from "../../../inspector/phases";
import { traceQuery } from "../../../inspector/query";
import { type Attempt, sortRecords } from "../../../inspector/records";
import type { ListedTrace } from "../api";
import { Bars } from "./Bars";
import type { ColumnName } from "./columns";
import type { Axis } from "./waterfall";

interface AttemptRowsProps {
  trace: ListedTrace;
  axis: Axis;
  shown: readonly ColumnName[];
}

/** The attempts of the open trace, below it; the inspector has asked for them already. */
export function AttemptRows({ trace, axis, shown }: AttemptRowsProps) {
  const { data, isPlaceholderData } = useQuery(traceQuery(trace.id));
  if (!data || isPlaceholderData) return null;
  const { attempts } = sortRecords(data.records);
  return attempts.map((attempt, at) => (
    <AttemptRow
      key={attempt.number}
      attempt={attempt}
      start={trace.started_at}
      axis={axis}
      shown={shown}
      last={at === attempts.length - 1}
    />
  ));
}

interface AttemptRowProps {
  attempt: Attempt;
  start: number;
  axis: Axis;
  shown: readonly ColumnName[];
  last: boolean;
}

function AttemptRow({ attempt, start, axis, shown, last }: AttemptRowProps) {
  const { t } = useTranslation("traces");
  const failed = Boolean(attempt.error) || (attempt.status ?? 0) >= 400;
  const offset = attempt.started - start + (axis.mode === "clock" ? start - axis.from : 0);
  const own = phasesOf({ timing: attempt.timing, frames: attempt.frames, failed });
  const phases = placed(own, offset, attempt.waited);
  const words = [
    attempt.waited && attempt.waited >= 0.001 ? t("waited", { time: duration(attempt.waited) }) : null,
    attempt.findings[0]?.title ?? attempt.error?.message,
    typeof attempt.retry_after === "number" ? t("retryAfter", { seconds: attempt.retry_after }) : null,
    attempt.then,
  ].filter(Boolean);
  const bars = shown.includes("waterfall");
  return (
    <tr className="att" data-last={last || undefined}>
      <td colSpan={shown.length - (bars ? 1 : 0)}>
        <div className="tr-att">
          <span className="mono cut">
            <span className="text-ink-3">{t("attempt", { number: attempt.number })}</span> {attempt.endpoint}
          </span>
          <span className={`tr-st ${failed ? "text-error" : "text-ok"}`}>
            {failed ? "✕ " : ""}
            {attempt.status ?? ""}
          </span>
          <span className="mono text-right">{bareSeconds(endOf(attempt.timing, attempt.frames))} s</span>
          <span className="cut text-ink-2" title={words.join(", ")}>
            {words.join(", ")}
          </span>
        </div>
      </td>
      {bars ? (
        <td className="w">
          <Bars phases={phases} axis={axis} />
        </td>
      ) : null}
    </tr>
  );
}
