import { useTranslation } from "react-i18next";
import type { Trace } from "../api/types";
import { count, estimate, money } from "../format";
import { perMillion } from "./figures";
import type { Cost, TraceRecords, Usage } from "./records";
import { Section } from "./Section";
import { Visible } from "./Visible";

const ROWS = ["input_tokens", "cached_tokens", "output_tokens", "reasoning_tokens"] as const;

/** Tokens as reported and as we counted them, and the sum as a reader can check it. */
export function CostSection({ records, trace }: { records: TraceRecords; trace: Trace }) {
  const { t } = useTranslation("inspector");
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
  return (
    <Section
      id="cost"
      title={t("section.cost")}
      small={t(`cost.kind.${settled.cost.kind}`, { defaultValue: settled.cost.kind })}
    >
      <p className="insp-sum" data-words={typeof settled.cost.usd === "number" ? undefined : ""}>
        <PriceLine cost={settled.cost} estimated={estimated} />
      </p>
      {settled.cost.arithmetic ? (
        <p className="insp-formula mono" dir="ltr">
          {settled.cost.arithmetic}
          {settled.cost.usd === null ||
          settled.cost.usd === undefined ||
          settled.cost.arithmetic.includes("=")
            ? ""
            : ` = ${estimate(money(settled.cost.usd), estimated)}`}
        </p>
      ) : null}
      {settled.cost.source ? (
        <p className="mb-3 text-ink-2">
          {t("cost.source")} <Visible text={settled.cost.source} />
        </p>
      ) : null}
      {settled.usage || settled.estimated ? (
        <Tokens usage={settled.usage} estimated={settled.estimated} cost={settled.cost} />
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
    output_tokens: cost.output_usd_per_mtok,
  };
  return (
    <>
      <table className="insp-table">
        <caption className="sr-only">{t("cost.caption")}</caption>
        <thead>
          <tr>
            <th>{t("cost.tokens")}</th>
            <th className="r">{t("cost.reported")}</th>
            <th className="r">{t("cost.estimated")}</th>
            <th className="r">{t("cost.perMillion")}</th>
          </tr>
        </thead>
        <tbody>
          {ROWS.map((row) => (
            <tr key={row}>
              <td className={row === "cached_tokens" || row === "reasoning_tokens" ? "pl-4! text-ink-2" : ""}>
                {t(`cost.row.${row}`)}
              </td>
              <td className="m r">{figure(usage?.[row], t("cost.notReported"))}</td>
              <td className="m r text-ink-2">
                {typeof estimated?.[row] === "number" ? estimate(count(estimated[row]), true) : ""}
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
            </tr>
          ) : null}
        </tbody>
      </table>
      {usage ? null : <p className="mt-2 text-ink-2">{t("cost.nobodyCounted")}</p>}
    </>
  );
}

function figure(value: number | null | undefined, missing: string) {
  return typeof value === "number" ? count(value) : <span className="font-sans text-ink-3">{missing}</span>;
}

const price = (value: number | null | undefined) =>
  typeof value === "number" ? `$${perMillion(value)}` : "";
