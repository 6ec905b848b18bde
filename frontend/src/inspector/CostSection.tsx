import { useTranslation } from "react-i18next";
import type { Trace } from "../api/types";
import { count, estimate, money } from "../format";
import { countedOf } from "./counted";
import { percent, perMillion } from "./figures";
import { useOffered } from "./offered";
import { Place } from "./Place";
import type { Cost, Settled, TraceRecords, Usage } from "./records";
import { Section } from "./Section";
import { gapOf, priceSource, termsOf } from "./terms";
import { Visible } from "./Visible";

const ROWS = [
  "input_tokens",
  "cached_tokens",
  "written_tokens",
  "output_tokens",
  "reasoning_tokens",
] as const;
const INSIDE = new Set<string>(["cached_tokens", "written_tokens", "reasoning_tokens"]);

/** Tokens as reported and as we counted them, and the sum as a reader can check it. */
export function CostSection({ records, trace }: { records: TraceRecords; trace: Trace }) {
  const { t } = useTranslation("inspector");
  const { tools } = useOffered(records, records.attempts.at(-1));
  const settled = records.settled;
  if (!settled) {
    return (
      <Section id="cost" title={t("section.cost")}>
        <p className="text-ink-2">
          {trace.cost_usd === null
            ? t("cost.notYet")
            : t("cost.soFar", { cost: estimate(money(trace.cost_usd), true) })}
        </p>
      </Section>
    );
  }
  const estimated = !settled.usage && Boolean(settled.estimated);
  const { cost } = settled;
  return (
    <Section
      id="cost"
      title={t("section.cost")}
      small={t(`cost.kind.${cost.kind}`, { defaultValue: cost.kind })}
    >
      <p className="insp-sum" data-words={typeof cost.usd === "number" ? undefined : ""}>
        <PriceLine cost={cost} estimated={estimated} />
      </p>
      <Formula settled={settled} estimated={estimated} />
      {cost.why && typeof cost.usd === "number" ? (
        <p className="mb-2 text-ink-2">
          <Visible text={cost.why} />
        </p>
      ) : null}
      <Source cost={cost} />
      <Difference cost={cost} />
      {settled.usage || settled.estimated ? (
        <Tokens usage={settled.usage} estimated={countedOf(records, tools)} cost={cost} />
      ) : (
        <p className="text-ink-2">{t("cost.nothingCounted")}</p>
      )}
    </Section>
  );
}

function PriceLine({ cost, estimated }: { cost: Cost; estimated: boolean }) {
  const { t } = useTranslation("inspector");
  if (cost.kind === "free" || cost.kind === "local") return t(`costKind.${cost.kind}`);
  if (typeof cost.usd !== "number") return `${t("cost.unknown")}: ${cost.why ?? t("cost.noPrice")}`;
  return estimate(money(cost.usd), estimated);
}

/** Each term on a line of its own, so that the sum can be followed; else the sum as it was written. */
function Formula({ settled, estimated }: { settled: Settled; estimated: boolean }) {
  const { t } = useTranslation("inspector");
  const { cost } = settled;
  if (!cost.arithmetic) return null;
  const terms = termsOf(cost, settled.usage ?? settled.estimated);
  const sum = cost.reckoned_usd ?? cost.usd;
  if (terms.length === 0 || typeof sum !== "number")
    return (
      <p className="insp-formula mono" dir="ltr">
        {cost.arithmetic}
      </p>
    );
  const rest = sum - terms.reduce((all, term) => all + term.usd, 0);
  return (
    <table className="insp-formula mono" aria-label={t("cost.formula")} data-testid="formula">
      <tbody>
        {terms.map((term) => (
          <tr key={term.kind}>
            <td className="font-sans">{t(`cost.term.${term.kind}`)}</td>
            <td>{count(term.tokens)}</td>
            <td className="text-ink-3">×</td>
            <td>${perMillion(term.perMillion)}</td>
            <td className="text-ink-3">/ 1M =</td>
            <td>{estimate(money(term.usd), estimated)}</td>
          </tr>
        ))}
        {rest > 1e-9 && rest > sum * 1e-6 ? (
          <tr>
            <td className="font-sans" colSpan={5}>
              {t("cost.term.request")}
            </td>
            <td>{money(rest)}</td>
          </tr>
        ) : null}
        <tr className="sum">
          <td className="font-sans" colSpan={5}>
            {t("cost.sum")}
          </td>
          <td>{estimate(money(sum), estimated)}</td>
        </tr>
      </tbody>
    </table>
  );
}

function Source({ cost }: { cost: Cost }) {
  const { t } = useTranslation("inspector");
  const told = cost.reckoned_source ?? cost.source;
  if (!told) return null;
  const source = priceSource(told);
  return (
    <p className="mb-3 text-ink-2">
      {t("cost.source")}{" "}
      {source.kind === "file" ? (
        <Place because={source.because} />
      ) : source.kind === "list" ? (
        <>
          <b className="font-strong text-ink">{source.name}</b>{" "}
          {t("cost.version", { version: source.version })},{" "}
          <code>
            <Visible text={source.entry} />
          </code>
        </>
      ) : (
        <Visible text={source.text} />
      )}
    </p>
  );
}

/** What the provider says that it cost, beside what the list says. */
function Difference({ cost }: { cost: Cost }) {
  const { t } = useTranslation("inspector");
  if (cost.kind !== "reported" || typeof cost.usd !== "number") return null;
  if (typeof cost.reckoned_usd !== "number")
    return <p className="mb-3 text-ink-2">{t("cost.notCompared")}</p>;
  const gap = cost.usd - cost.reckoned_usd;
  const part = cost.reckoned_usd > 0 ? Math.abs(gap) / cost.reckoned_usd : null;
  const same = Math.abs(gap) < 1e-9 || (part !== null && part < 0.0005);
  return (
    <p className={`mb-3 ${same ? "text-ink-2" : "text-warn"}`}>
      {same
        ? t("cost.sameAsList")
        : t(gap > 0 ? "cost.overList" : "cost.underList", {
            gap: money(Math.abs(gap)),
            part: part === null ? "" : percent(part),
            list: money(cost.reckoned_usd),
          })}
    </p>
  );
}

interface TokensProps {
  usage?: Usage | null;
  estimated?: Usage | null;
  cost: Cost;
}

function Tokens({ usage, estimated, cost }: TokensProps) {
  const { t } = useTranslation("inspector");
  const prices: Partial<Record<(typeof ROWS)[number], number | null | undefined>> = {
    input_tokens: cost.input_usd_per_mtok,
    cached_tokens: cost.cached_usd_per_mtok,
    written_tokens: cost.written_usd_per_mtok,
    output_tokens: cost.output_usd_per_mtok,
  };
  // Few providers tell what they put into a cache; a row without a figure would say nothing.
  const rows = ROWS.filter((row) => row !== "written_tokens" || typeof usage?.written_tokens === "number");
  return (
    <>
      <table className="insp-table">
        <caption className="sr-only">{t("cost.caption")}</caption>
        <thead>
          <tr>
            <th>{t("cost.tokens")}</th>
            <th className="r">{t("cost.reported")}</th>
            <th className="r">{t("cost.estimated")}</th>
            <th className="r">{t("cost.gap")}</th>
            <th className="r">{t("cost.perMillion")}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row}>
              <td className={INSIDE.has(row) ? "pl-4! text-ink-2" : ""}>{t(`cost.row.${row}`)}</td>
              <td className="m r">{figure(usage?.[row], t("cost.notReported"))}</td>
              <td className="m r text-ink-2">
                {typeof estimated?.[row] === "number" ? estimate(count(estimated[row]), true) : ""}
              </td>
              <td className="m r text-ink-3">
                <GapFigure reported={usage?.[row]} counted={estimated?.[row]} />
              </td>
              <td className="m r text-ink-2">{price(prices[row])}</td>
            </tr>
          ))}
          {typeof usage?.cost_usd === "number" ? (
            <tr>
              <td>{t("cost.ownFigure")}</td>
              <td className="m r">{money(usage.cost_usd)}</td>
              <td />
              <td />
              <td />
            </tr>
          ) : null}
        </tbody>
      </table>
      {usage ? null : <p className="mt-2 text-ink-2">{t("cost.nobodyCounted")}</p>}
    </>
  );
}

function GapFigure({ reported, counted }: { reported?: number | null; counted?: number | null }) {
  const gap = gapOf(reported, counted);
  if (!gap) return null;
  const sign = gap.tokens > 0 ? "+" : gap.tokens < 0 ? "−" : "±";
  return `${sign}${count(Math.abs(gap.tokens))}${gap.part === null || gap.tokens === 0 ? "" : ` (${percent(Math.abs(gap.part))})`}`;
}

function figure(value: number | null | undefined, missing: string) {
  return typeof value === "number" ? count(value) : <span className="font-sans text-ink-3">{missing}</span>;
}

const price = (value: number | null | undefined) =>
  typeof value === "number" ? `$${perMillion(value)}` : "";
