import { useQuery } from "@tanstack/react-query";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import type { Trace } from "../../api/types";
import { clock, count, duration, estimate, money } from "../../format";
import { bareSeconds, fineClock } from "../../inspector/figures";
import { ModelName } from "../../inspector/ModelName";
import { endOf, phasesOf, placed } from "../../inspector/phases";
import { traceQuery } from "../../inspector/query";
import { type Attempt, sortRecords } from "../../inspector/records";
import { Bars, TraceBars } from "./Bars";
import { type Axis, endOfTrace } from "./waterfall";

export interface RowProps {
  trace: Trace;
  axis: Axis;
  /** Moves only while the trace lives, so that settled rows are not drawn again. */
  now: number;
  open: boolean;
  /** The row that the arrows have reached. */
  current: boolean;
  onOpen: (id: string) => void;
  onFocus: (id: string) => void;
}

export const TraceRow = memo(function TraceRow({
  trace,
  axis,
  now,
  open,
  current,
  onOpen,
  onFocus,
}: RowProps) {
  const live = trace.outcome === "live";
  return (
    <>
      <tr
        data-testid="trace-row"
        data-id={trace.id}
        data-open={open || undefined}
        data-failed={trace.outcome === "failed" || undefined}
        aria-current={open || undefined}
        tabIndex={current ? 0 : -1}
        onClick={() => onOpen(trace.id)}
        onFocus={() => onFocus(trace.id)}
        onKeyDown={(event) => {
          if (event.key === "Enter") onOpen(trace.id);
        }}
      >
        <td className="m">{fineClock(trace.started_at)}</td>
        <td className="m" title={trace.model}>
          <ModelName id={trace.model} />
        </td>
        <td>
          <Status trace={trace} />
        </td>
        <td className={`m r ${trace.attempts > 1 ? "" : "text-ink-3"}`}>{trace.attempts}</td>
        <td className="m r">
          <Tokens value={trace.input_tokens} trace={trace} estimated={false} />
        </td>
        <td className="m r">
          <Tokens value={trace.output_tokens} trace={trace} estimated={trace.estimated || live} />
        </td>
        <td className="m r">
          <CostCell trace={trace} />
        </td>
        <td className="m r">{trace.ttft === null ? <Missing trace={trace} /> : bareSeconds(trace.ttft)}</td>
        <td className={`m r ${live ? "text-vein" : ""}`}>
          {trace.total === null && !live ? <Missing trace={trace} /> : bareSeconds(endOfTrace(trace, now))}
        </td>
        <td className="mk" title={trace.mark ?? undefined}>
          <Mark trace={trace} />
        </td>
        <td className="w">
          <TraceBars trace={trace} axis={axis} now={now} />
        </td>
      </tr>
      {open && trace.attempts > 1 ? <AttemptRows trace={trace} axis={axis} /> : null}
    </>
  );
});

export function Status({ trace }: { trace: Trace }) {
  const { t } = useTranslation("traces");
  switch (trace.outcome) {
    case "live":
      return (
        <span className="tr-st text-vein">
          <span className="dot beat" aria-hidden="true" /> {t("outcome.live")}
        </span>
      );
    case "failed":
      return (
        <span className="tr-st text-error">
          <span aria-hidden="true">✕ </span>
          <span className="sr-only">{t("outcome.failed")} </span>
          {trace.status ?? t("outcome.failed")}
        </span>
      );
    case "complete":
      return <span className="mono text-ink-2">{trace.status ?? t("outcome.complete")}</span>;
    default:
      return (
        <span className="tr-st text-warn">
          <span aria-hidden="true">■ </span>
          {t(`outcome.${trace.outcome}`)}
        </span>
      );
  }
}

/** In words why there is no figure: not yet, none, or nobody told. */
function Missing({ trace }: { trace: Trace }) {
  const { t } = useTranslation("traces");
  const word = trace.outcome === "live" ? "notYet" : trace.outcome === "failed" ? "none" : "unknown";
  return <span className="font-sans text-ink-3">{t(word)}</span>;
}

function Tokens({ value, trace, estimated }: { value: number | null; trace: Trace; estimated: boolean }) {
  if (value === null) return <Missing trace={trace} />;
  return estimated ? `≈${count(value)}` : count(value);
}

function CostCell({ trace }: { trace: Trace }) {
  const { t } = useTranslation("traces");
  if (trace.cost_kind === "free" || trace.cost_kind === "local")
    return <span className="font-sans text-ink-3">{t(`cost.${trace.cost_kind}`)}</span>;
  if (trace.cost_usd === null) return <Missing trace={trace} />;
  const figure = money(trace.cost_usd).replace("$", "");
  return trace.estimated || trace.outcome === "live" ? `≈${figure}` : figure;
}

function Mark({ trace }: { trace: Trace }) {
  const { t } = useTranslation("traces");
  if (trace.mark)
    return (
      <span
        className={
          trace.outcome === "failed" ? "text-error" : trace.mark === "title" ? "text-ink-3" : "text-warn"
        }
      >
        {markWords(trace.mark, t)}
      </span>
    );
  if (trace.caller !== "chat")
    return <span className="text-ink-3">{t(`callers.${trace.caller}`, { defaultValue: trace.caller })}</span>;
  return null;
}

/** The server's own words for a mark; a code such as `rate_limited` is the same in every language. */
function markWords(
  mark: string,
  t: (key: string, options?: { count: number } | { endpoint: string }) => string,
): string {
  if (mark === "title") return t("callers.title");
  const fellBack = /^fell back from (.+)$/.exec(mark);
  if (fellBack?.[1]) return t("fellBack", { endpoint: fellBack[1] });
  const lost = /^(\d+) lost$/.exec(mark);
  return lost ? t("lostMark", { count: Number(lost[1]) }) : mark;
}

/** The attempts of the open trace, below it; the inspector has asked for them already. */
function AttemptRows({ trace, axis }: { trace: Trace; axis: Axis }) {
  const { data, isPlaceholderData } = useQuery(traceQuery(trace.id));
  if (!data || isPlaceholderData) return null;
  const records = sortRecords(data.records);
  return records.attempts.map((attempt, at) => (
    <AttemptRow
      key={attempt.number}
      attempt={attempt}
      start={trace.started_at}
      axis={axis}
      last={at === records.attempts.length - 1}
    />
  ));
}

interface AttemptRowProps {
  attempt: Attempt;
  start: number;
  axis: Axis;
  last: boolean;
}

function AttemptRow({ attempt, start, axis, last }: AttemptRowProps) {
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
  return (
    <tr className="att" data-last={last || undefined}>
      <td />
      <td className="m pl-6!">
        <span className="text-ink-3">{t("attempt", { number: attempt.number })}</span> {attempt.endpoint}
      </td>
      <td>
        <span className={`tr-st ${failed ? "text-error" : "text-ok"}`}>
          {failed ? "✕ " : ""}
          {attempt.status ?? ""}
        </span>
      </td>
      <td colSpan={5} className="pl-4! text-ink-2" title={words.join(", ")}>
        {words.join(", ")}
      </td>
      <td className="m r">{bareSeconds(endOf(attempt.timing, attempt.frames))}</td>
      <td />
      <td className="w">
        <Bars phases={phases} axis={axis} />
      </td>
    </tr>
  );
}

/** Two lines on a phone. */
export function PhoneRow({ trace, now, onOpen }: Pick<RowProps, "trace" | "now" | "onOpen">) {
  const { t } = useTranslation("traces");
  const live = trace.outcome === "live";
  return (
    <li>
      <button
        type="button"
        className="tr-phone"
        data-testid="trace-row"
        data-id={trace.id}
        onClick={() => onOpen(trace.id)}
      >
        <span className="mono cut font-strong">
          <ModelName id={trace.model} />
        </span>
        <Status trace={trace} />
        <span className="mono cut text-ink-2">
          {clock(trace.started_at)}
          {trace.input_tokens === null && trace.output_tokens === null ? null : <PhoneTokens trace={trace} />}
        </span>
        <span className={`mono text-right ${live ? "text-vein" : "text-ink-2"}`}>
          <PhoneCost trace={trace} /> {duration(endOfTrace(trace, now))}
        </span>
        {trace.mark || trace.attempts > 1 ? (
          <span className="col-span-2 cut text-xs">
            {trace.attempts > 1 ? (
              <span className="text-ink-2">
                {t("attempts", { count: trace.attempts })}
                {trace.mark ? " · " : ""}
              </span>
            ) : null}
            {trace.mark ? <Mark trace={trace} /> : null}
          </span>
        ) : null}
      </button>
    </li>
  );
}

function PhoneTokens({ trace }: { trace: Trace }) {
  const live = trace.outcome === "live";
  return (
    <>
      {" · "}
      <Tokens value={trace.input_tokens} trace={trace} estimated={false} /> →{" "}
      <Tokens value={trace.output_tokens} trace={trace} estimated={trace.estimated || live} /> tok
    </>
  );
}

function PhoneCost({ trace }: { trace: Trace }) {
  if (trace.cost_usd === null) return null;
  return `${estimate(money(trace.cost_usd), trace.estimated)} ·`;
}
