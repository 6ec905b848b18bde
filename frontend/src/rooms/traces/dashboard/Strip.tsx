import { OctagonX } from "lucide-react";
import { useTranslation } from "react-i18next";
import { count, money } from "../../../format";
import { bareSeconds } from "../../../inspector/figures";
import { ModelName } from "../../../inspector/ModelName";
import type { Series } from "../api";
import { Value } from "../filter/Value";
import { coarser, gridOf, piled, ranked, speedsOf, summed } from "./figures";
import { Requests } from "./Requests";

interface StripProps {
  series: Series;
  /** What the groups of the series are, and the key of a filter by them. */
  by: "model" | "endpoint";
  onRange: (since: number, until: number) => void;
}

const MOST_ROWS = 4;

/** Four instruments over the time that is looked at; each figure leads to its traces. */
export function Strip({ series, by, onRange }: StripProps) {
  const { t } = useTranslation("traces");
  const { totals } = series;
  const findings = ranked(totals.findings);
  // A word on the rest takes the place of a row.
  const rows = findings.length > MOST_ROWS + 1 ? MOST_ROWS : findings.length;
  return (
    <div className="tr-dash">
      <section aria-label={t("requests")}>
        <h2>
          {t("requests")} <b>{count(totals.requests)}</b>
          {totals.failed ? (
            <Value by="is" value="failed" className="end text-error">
              {t("failedCount", { count: totals.failed })}
            </Value>
          ) : (
            <span className="end">{t("failedCount", { count: 0 })}</span>
          )}
        </h2>
        <Requests series={series} onRange={onRange} />
      </section>
      <section aria-label={t("ttft")}>
        <h2>
          {t("ttft")} <span className="end">{t("p50p95")}</span>
        </h2>
        <Speeds series={series} by={by} />
      </section>
      <section aria-label={t("spend")}>
        <h2>
          {t("spend")} <b>{money(totals.cost_usd)}</b>
        </h2>
        <Spend series={series} />
        <p className="tr-ends">
          <Unpriced series={series} />
        </p>
      </section>
      <section aria-label={t("findings")}>
        <h2>
          {t("findings")} <b>{count(findings.reduce((sum, one) => sum + one.count, 0))}</b>
          <span className="end">{t("pressToFilter")}</span>
        </h2>
        <ul>
          {findings.slice(0, rows).map(({ code, count: times }) => (
            <li key={code}>
              <Value by="finding" value={code} className="tr-mark">
                <OctagonX size={14} strokeWidth={1.75} className="text-error" aria-hidden="true" />
                <span className="mono cut">{code}</span>
                <b className="mono">{count(times)}</b>
              </Value>
            </li>
          ))}
        </ul>
        {findings.length === 0 ? <p className="text-ink-3">{t("noFindings")}</p> : null}
        {findings.length > rows ? (
          <p className="text-ink-3">{t("moreFindings", { count: findings.length - rows })}</p>
        ) : null}
      </section>
    </div>
  );
}

/** Whether what was spent is all that was spent. */
function Unpriced({ series: { totals } }: { series: Series }) {
  const { t } = useTranslation("traces");
  if (totals.requests === 0) return null;
  if (totals.unpriced === 0) return t("allPriced");
  return (
    <Value by="is" value="unpriced">
      {t("unpriced", { count: totals.unpriced, all: count(totals.requests) })}
    </Value>
  );
}

/** Money as it added up over the time. */
function Spend({ series }: { series: Series }) {
  const height = 46;
  const spent = coarser(
    summed(gridOf(series), series, (point) => point.cost_usd),
    120,
  );
  const width = 240 / Math.max(1, spent.length);
  const most = series.totals.cost_usd || 1;
  const steps = piled(spent)
    .map((sum, at) => `H${(at * width).toFixed(1)}V${(height - (sum / most) * (height - 3)).toFixed(1)}`)
    .join("");
  const line = `M0 ${height}${steps}H240`;
  return (
    <svg
      width="100%"
      height={height + 1}
      viewBox={`0 0 240 ${height + 1}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <path d={`${line}V${height}H0Z`} fill="color-mix(in oklab, var(--strata-1) 16%, transparent)" />
      <path
        d={line}
        fill="none"
        stroke="var(--strata-1)"
        strokeWidth="1.5"
        vectorEffect="non-scaling-stroke"
      />
      <path d={`M0 ${height + 0.5}H240`} stroke="var(--line-strong)" vectorEffect="non-scaling-stroke" />
    </svg>
  );
}

function Speeds({ series, by }: { series: Series; by: "model" | "endpoint" }) {
  const { t } = useTranslation("traces");
  // The line without a name is the rest of them.
  const known = speedsOf(series).filter((speed) => speed.p50 !== null && speed.name);
  const shown = known.slice(0, MOST_ROWS);
  const most = Math.max(0.001, ...shown.map((speed) => speed.p95 ?? 0));
  if (shown.length === 0) return <p className="text-ink-3">{t("noTtft")}</p>;
  return (
    <table className="tr-speeds">
      <colgroup>
        <col style={{ width: "46%" }} />
        <col />
        <col style={{ width: 40 }} />
        <col style={{ width: 44 }} />
      </colgroup>
      <thead className="tr-hidden">
        <tr>
          <th scope="col">{t(`column.${by}`)}</th>
          <th scope="col">{t("ttft")}</th>
          <th scope="col">p50</th>
          <th scope="col">p95</th>
        </tr>
      </thead>
      <tbody>
        {shown.map(({ name, p50, p95, requests }) => {
          const [low, high] = [p50 ?? 0, p95 ?? p50 ?? 0];
          return (
            <tr key={name} title={t("speedOf", { model: name, count: requests })}>
              <td className="mono cut">
                <Value by={by} value={name}>
                  <ModelName id={name} />
                </Value>
              </td>
              <td>
                <div className="tr-range" aria-hidden="true">
                  <i style={{ left: `${(low / most) * 92}%`, width: `${((high - low) / most) * 92}%` }} />
                  <u style={{ left: `${(low / most) * 92}%` }} />
                </div>
              </td>
              <td className="mono">{bareSeconds(low)}</td>
              <td className="mono text-ink-3">{bareSeconds(high)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
