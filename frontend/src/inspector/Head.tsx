import { Check, Maximize2, Minimize2, PanelBottom, PanelRight, X } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Trace, TracePage } from "../api/types";
import { setDock, useLayout, usePage } from "../app/page-state";
import { count, duration, estimate, money, rate, secondsShort } from "../format";
import { CopyButton } from "../ui/CopyButton";
import { IconButton } from "../ui/IconButton";
import { Tag } from "../ui/Tag";
import { CopyAs } from "./CopyAs";
import type { Attempt, TraceRecords, Translated } from "./records";
import { ReplayButton } from "./replay/ReplayButton";
import type { Replaying } from "./replay/replaying";
import { Visible } from "./Visible";

interface HeadProps {
  page: TracePage;
  records: TraceRecords;
  attempt?: Attempt;
  translated?: Translated;
  replaying: Replaying;
  now: number;
  narrow: boolean;
  /** It fills the window. */
  full: boolean;
  onFull: (full: boolean) => void;
  onClose: () => void;
}

export function Head(props: HeadProps) {
  const { page, records, attempt, translated, replaying, now, narrow, full, onFull, onClose } = props;
  const { t } = useTranslation("inspector");
  const { trace } = page;
  const attempts = Math.max(trace.attempts, records.attempts.length);
  const slash = trace.model.indexOf("/");
  const endpoint = trace.endpoint ?? (slash < 0 ? null : trace.model.slice(0, slash));
  const parts = [
    endpoint,
    trace.caller === "chat" ? null : t(`caller.${trace.caller}`, { defaultValue: trace.caller }),
    attempts > 0 ? t("attemptOf", { number: attempt?.number ?? attempts, count: attempts }) : t("noAttempt"),
    t("traceId", { id: trace.id }),
  ].filter(Boolean);
  const answered = answeredOther(trace, attempt);
  const model = (
    <h2 className="mono cut font-strong" title={trace.model}>
      <Visible text={slash < 0 ? trace.model : trace.model.slice(slash + 1)} />
      {answered ? (
        <span className="text-warn" title={t("head.answered", { model: answered })}>
          {" → "}
          <Visible text={answered} />
        </span>
      ) : null}
    </h2>
  );
  const place = <span className="mono cut text-[11.5px] text-ink-3">{parts.join(" · ")}</span>;
  return (
    <header className="insp-head">
      <div className="flex min-h-7 items-center gap-2">
        <StateTag trace={trace} />
        {narrow ? place : model}
        <span className="flex-1" />
        <CopyAs page={page} attempt={attempt} translated={translated} compact={narrow} />
        <ReplayButton replaying={replaying} compact={false} />
        <DockButton />
        {narrow ? null : (
          <IconButton
            small
            label={t(full ? "head.smaller" : "head.larger")}
            keys="W"
            aria-pressed={full}
            onClick={() => onFull(!full)}
            data-testid="inspector-full"
          >
            {full ? <Minimize2 size={14} /> : <Maximize2 size={14} />}
          </IconButton>
        )}
        <IconButton small label={t("close")} keys="Esc" onClick={onClose}>
          <X size={14} />
        </IconButton>
      </div>
      <div className="flex items-center gap-1">
        {narrow ? model : place}
        <CopyButton text={trace.id} label={t("copyId")} className="-my-1" />
      </div>
      <Figures trace={trace} records={records} now={now} narrow={narrow} />
    </header>
  );
}

/** Puts the sheet at the other side; where there is no room at the right there is nothing to choose. */
function DockButton() {
  const { t } = useTranslation("inspector");
  const layout = useLayout();
  const side = usePage((state) => state.dock);
  if (layout !== "laptop" && layout !== "wide") return null;
  const other = side === "right" ? "bottom" : "right";
  return (
    <IconButton
      small
      label={t(`head.dock.${other}`)}
      onClick={() => setDock(other)}
      data-testid="inspector-dock"
    >
      {other === "bottom" ? <PanelBottom size={14} /> : <PanelRight size={14} />}
    </IconButton>
  );
}

/** Every protocol says which model answers; a dated name of the same one is no other. */
export function answeredOther(trace: Trace, attempt?: Attempt): string | null {
  const answered = trace.model_answered;
  const asked = attempt?.model ?? trace.model.slice(trace.model.indexOf("/") + 1);
  if (!answered || !asked) return null;
  const plain = (name: string) => name.toLowerCase().replace(/^.*\//, "");
  const [one, other] = [plain(asked), plain(answered)];
  return one === other || other.startsWith(`${one}-`) || one.startsWith(`${other}-`) ? null : answered;
}

export function StateTag({ trace }: { trace: Trace }) {
  const { t } = useTranslation("inspector");
  if (trace.outcome === "live")
    return (
      <Tag tone="live" mark="dot">
        {t("state.live")}
      </Tag>
    );
  if (trace.outcome === "failed")
    return (
      <Tag tone="error" mark="square">
        {trace.status ?? t("state.failed")}
      </Tag>
    );
  if (trace.outcome === "complete")
    return (
      <Tag tone="ok">
        <Check size={12} aria-hidden="true" />
        {trace.status ?? t("state.complete")}
      </Tag>
    );
  return (
    <Tag tone="warn" mark="square">
      {t(`state.${trace.outcome}`)}
    </Tag>
  );
}

interface FiguresProps {
  trace: Trace;
  records: TraceRecords;
  now: number;
  narrow: boolean;
}

function Figures({ trace, records, now, narrow }: FiguresProps) {
  const { t } = useTranslation("inspector");
  const live = trace.outcome === "live";
  const failed = trace.outcome === "failed";
  // While it lives a figure is not yet; when it failed there is none; otherwise nobody told it.
  const missing = live ? t("notYet") : failed ? t("none") : t("unknown");
  const settled = records.settled;
  const cached = settled?.usage?.cached_tokens;
  const estimated = trace.estimated || live;
  const input = trace.input_tokens === null ? missing : count(trace.input_tokens);
  const output = trace.output_tokens === null ? missing : estimate(count(trace.output_tokens), estimated);
  const figures: [string, string][] = [
    [t("figure.cost"), costOf(trace, t, estimated, missing)],
    [t("figure.ttft"), trace.ttft === null ? missing : secondsShort(trace.ttft)],
  ];
  // Four figures fit on a phone; the others stand in their sections.
  if (narrow) figures.unshift([t("figure.tokens"), input === output ? input : `${input} → ${output}`]);
  else {
    figures.unshift([t("figure.in"), input], [t("figure.out"), output]);
    if (typeof cached === "number") figures.splice(1, 0, [t("figure.cached"), count(cached)]);
    const reasoning = settled?.usage?.reasoning_tokens;
    if (reasoning) figures.splice(figures.length - 2, 0, [t("figure.reasoning"), count(reasoning)]);
    if (typeof settled?.rate === "number") figures.push([t("figure.rate"), rate(settled.rate)]);
  }
  figures.push(
    live
      ? [t("figure.elapsed"), duration(Math.max(0, now - trace.started_at))]
      : [t("figure.total"), trace.total === null ? missing : secondsShort(trace.total)],
  );
  return (
    <dl className="figs insp-figs">
      {figures.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

type Translate = (key: string) => string;

export function costOf(trace: Trace, t: Translate, estimated: boolean, missing: string): string {
  if (trace.cost_kind === "local" || trace.cost_kind === "free") return t(`costKind.${trace.cost_kind}`);
  if (trace.cost_usd === null) return missing;
  return estimate(money(trace.cost_usd), estimated);
}
