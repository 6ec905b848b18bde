import type { ReactNode } from "react";
import { count, money } from "../../../format";
import { bareSeconds, fineClock } from "../../../inspector/figures";
import { ModelName } from "../../../inspector/ModelName";
import type { ListedTrace } from "../api";
import { Value } from "../filter/Value";
import type { ColumnName } from "./columns";
import { useKeyNames } from "./key-names";
import { endOfTrace } from "./waterfall";
import { type RowWords, useRowWords } from "./words";

interface CellProps {
  trace: ListedTrace;
  now: number;
  /** Whether Tab reaches the values in it. */
  reach?: boolean;
}

export function Status({ trace }: { trace: ListedTrace }) {
  const words = useRowWords();
  switch (trace.outcome) {
    case "live":
      return (
        <span className="tr-st text-vein">
          <span className="dot beat" aria-hidden="true" /> {words.word("outcome.live")}
        </span>
      );
    case "failed":
      return (
        <span className="tr-st text-error">
          <span aria-hidden="true">✕ </span>
          <span className="sr-only">{words.word("outcome.failed")} </span>
          {trace.status ?? words.word("outcome.failed")}
        </span>
      );
    case "complete":
      return <span className="mono text-ink-2">{trace.status ?? words.word("outcome.complete")}</span>;
    default:
      return (
        <span className="tr-st text-warn">
          <span aria-hidden="true">■ </span>
          {words.word(`outcome.${trace.outcome}`)}
        </span>
      );
  }
}

/** In words why there is no figure: not yet, none, or nobody told. */
function Missing({ trace }: { trace: ListedTrace }) {
  const words = useRowWords();
  const key = trace.outcome === "live" ? "notYet" : trace.outcome === "failed" ? "none" : "unknown";
  return <span className="font-sans text-ink-3">{words.word(key)}</span>;
}

interface TokensProps {
  value: number | null;
  trace: ListedTrace;
  estimated?: boolean;
}

export function Tokens({ value, trace, estimated = false }: TokensProps) {
  if (value === null) return <Missing trace={trace} />;
  return estimated ? `≈${count(value)}` : count(value);
}

export const isEstimate = (trace: ListedTrace) => trace.estimated || trace.outcome === "live";

/** Input and output together; null while either is unknown. */
export function allTokens({ input_tokens: input, output_tokens: output }: ListedTrace): number | null {
  return input === null || output === null ? null : input + output;
}

function Cost({ trace }: CellProps) {
  const words = useRowWords();
  if (trace.cost_kind === "free" || trace.cost_kind === "local")
    return <span className="font-sans text-ink-3">{words.word(`cost.${trace.cost_kind}`)}</span>;
  if (trace.cost_usd === null) return <Missing trace={trace} />;
  const figure = money(trace.cost_usd).replace("$", "");
  return isEstimate(trace) ? `≈${figure}` : figure;
}

function Model({ trace, reach }: CellProps) {
  return (
    <Value by="model" value={trace.model} reach={reach}>
      <ModelName id={trace.model} />
    </Value>
  );
}

function Caller({ trace, reach }: CellProps) {
  const words = useRowWords();
  return (
    <Value by="caller" value={trace.caller} reach={reach} className="text-ink-2">
      {words.word(`callers.${trace.caller}`)}
    </Value>
  );
}

function KeyName({ trace, reach }: CellProps) {
  const names = useKeyNames();
  const words = useRowWords();
  if (!trace.key_id) return <span className="text-ink-3">{words.word("noKey")}</span>;
  return (
    <Value by="key" value={trace.key_id} reach={reach} className="text-ink-2">
      {names.get(trace.key_id) ?? trace.key_id}
    </Value>
  );
}

/** Several values of one key, as many as fit. */
function Several({ by, values, reach }: { by: string; values: readonly string[]; reach?: boolean }) {
  return values.map((value, at) => (
    <span key={value}>
      {at ? " " : ""}
      <Value by={by} value={value} reach={reach} className="mono text-ink-2">
        {value}
      </Value>
    </span>
  ));
}

/** What stands out in a trace: the server's mark, else who called. */
export function Mark({ trace, reach, quiet = false }: Omit<CellProps, "now"> & { quiet?: boolean }) {
  const words = useRowWords();
  const { mark } = trace;
  if (!mark) return trace.caller === "chat" || quiet ? null : <Caller trace={trace} now={0} reach={reach} />;
  const tone = trace.outcome === "failed" ? "text-error" : mark === "title" ? "text-ink-3" : "text-warn";
  const said = markWords(trace, mark, words);
  const term = quiet ? null : termOfMark(trace, mark);
  if (!term) return <span className={tone}>{said}</span>;
  return (
    <Value by={term[0]} value={term[1]} reach={reach} className={tone}>
      {said}
    </Value>
  );
}

function termOfMark(trace: ListedTrace, mark: string): [string, string] | null {
  if (mark === "title") return ["caller", "title"];
  if (trace.findings.includes(mark)) return ["finding", mark];
  const [dropped] = trace.dropped;
  return /^\d+ lost$/.test(mark) && dropped ? ["dropped", dropped] : null;
}

/** The server's own words for a mark; a code such as `rate_limited` is the same in every language. */
function markWords(trace: ListedTrace, mark: string, { t, word }: RowWords): string {
  if (mark === "title") return word("callers.title");
  const fellBack = /^fell back from (.+)$/.exec(mark);
  if (fellBack?.[1]) return t("fellBack", { endpoint: fellBack[1] });
  const lost = /^(\d+) lost$/.exec(mark);
  if (!lost) return mark;
  const [only, ...others] = trace.dropped;
  if (only && others.length === 0 && lost[1] === "1") return t("droppedOne", { name: only });
  return t("lostMark", { count: Number(lost[1]) });
}

const CELLS: Record<Exclude<ColumnName, "waterfall">, (props: CellProps) => ReactNode> = {
  time: ({ trace }) => fineClock(trace.started_at),
  model: Model,
  answered: ({ trace, reach }) =>
    trace.model_answered ? (
      <Value by="model" value={trace.model_answered} reach={reach}>
        {trace.model_answered}
      </Value>
    ) : (
      <Missing trace={trace} />
    ),
  endpoint: ({ trace, reach }) =>
    trace.endpoint ? (
      <Value by="endpoint" value={trace.endpoint} reach={reach} className="text-ink-2">
        {trace.endpoint}
      </Value>
    ) : (
      <Missing trace={trace} />
    ),
  caller: Caller,
  key: KeyName,
  status: ({ trace }) => <Status trace={trace} />,
  att: ({ trace }) => <span className={trace.attempts > 1 ? "" : "text-ink-3"}>{trace.attempts}</span>,
  in: ({ trace }) => <Tokens value={trace.input_tokens} trace={trace} />,
  out: ({ trace }) => <Tokens value={trace.output_tokens} trace={trace} estimated={isEstimate(trace)} />,
  tokens: ({ trace }) => <Tokens value={allTokens(trace)} trace={trace} estimated={isEstimate(trace)} />,
  reasoning: ({ trace }) => <Tokens value={trace.reasoning_tokens} trace={trace} />,
  cached: ({ trace }) => <Tokens value={trace.cached_tokens} trace={trace} />,
  cost: Cost,
  ttft: ({ trace }) => (trace.ttft === null ? <Missing trace={trace} /> : bareSeconds(trace.ttft)),
  total: ({ trace, now }) => {
    const live = trace.outcome === "live";
    if (trace.total === null && !live) return <Missing trace={trace} />;
    return <span className={live ? "text-vein" : ""}>{bareSeconds(endOfTrace(trace, now))}</span>;
  },
  rate: ({ trace }) => (trace.rate === null ? <Missing trace={trace} /> : trace.rate.toFixed(1)),
  mark: ({ trace, reach }) => <Mark trace={trace} reach={reach} />,
  findings: ({ trace, reach }) => <Several by="finding" values={trace.findings} reach={reach} />,
  dropped: ({ trace, reach }) => <Several by="dropped" values={trace.dropped} reach={reach} />,
  tags: ({ trace, reach }) => <Several by="tag" values={trace.tags} reach={reach} />,
  id: ({ trace }) => <span className="text-ink-3">{trace.id}</span>,
};

/** Columns whose text is read rather than compared stand in the sans face. */
const SANS = new Set<ColumnName>(["mark", "caller", "key", "tags", "status"]);

export function Cell({ name, ...props }: CellProps & { name: Exclude<ColumnName, "waterfall"> }) {
  const Inner = CELLS[name];
  return <Inner {...props} />;
}

export function classOf(name: ColumnName, right?: boolean): string {
  return [SANS.has(name) ? "" : "m", right ? "r" : "", name === "mark" ? "mk" : ""].filter(Boolean).join(" ");
}

/** What a cell says when it is cut off. */
export function titleOf(name: ColumnName, trace: ListedTrace): string | undefined {
  if (name === "model") return trace.model;
  if (name === "mark") return trace.dropped.length ? trace.dropped.join(", ") : (trace.mark ?? undefined);
  if (name === "findings") return trace.findings.join(", ");
  if (name === "dropped") return trace.dropped.join(", ");
  if (name === "time") return new Date(trace.started_at * 1000).toLocaleString();
  return name === "id" ? trace.id : undefined;
}
