import { OctagonX, TriangleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";
import { clock, count, money } from "../../format";
import { bareSeconds } from "../../inspector/figures";
import { ModelName } from "../../inspector/ModelName";
import type { Summary } from "./summary";

interface DashboardProps {
  summary: Summary;
  onMark: (mark: string) => void;
}

const MOST_ROWS = 4;

/** Four instruments over the listed traces; the last two are also ways to filter. */
export function Dashboard({ summary, onMark }: DashboardProps) {
  const { t } = useTranslation("traces");
  return (
    <div className="tr-dash">
      <section aria-label={t("requests")}>
        <h2>
          {t("requests")} <b>{count(summary.requests)}</b>
          <span className={summary.failed ? "text-error" : ""}>
            {t("failedCount", { count: summary.failed })}
          </span>
        </h2>
        <Bins summary={summary} />
        <div className="tr-ends mono">
          <span>{clock(summary.from)}</span>
          <span>{t("ofListed")}</span>
          <span>{clock(summary.to)}</span>
        </div>
      </section>
      <section aria-label={t("ttft")}>
        <h2>
          {t("ttft")} <span>{t("p50p95")}</span>
        </h2>
        <Speeds summary={summary} />
      </section>
      <section aria-label={t("spend")}>
        <h2>
          {t("spend")} <b>{money(summary.spent)}</b>
        </h2>
        <Spend summary={summary} />
        <p className="tr-ends">
          {summary.requests === 0
            ? null
            : summary.unpriced
              ? t("unpriced", { count: summary.unpriced, all: count(summary.requests) })
              : t("allPriced")}
        </p>
      </section>
      <section aria-label={t("marks")}>
        <h2>
          {t("marks")} <span>{t("pressToFilter")}</span>
        </h2>
        <ul>
          {summary.marks.slice(0, MOST_ROWS).map(({ mark, count: times, failed }) => {
            const Icon = failed ? OctagonX : TriangleAlert;
            return (
              <li key={mark}>
                <button type="button" className="tr-mark" onClick={() => onMark(mark)}>
                  <Icon
                    size={14}
                    strokeWidth={1.75}
                    className={failed ? "text-error" : "text-warn"}
                    aria-hidden="true"
                  />
                  <span className="mono cut">{mark}</span>
                  <b className="mono">{times}</b>
                </button>
              </li>
            );
          })}
        </ul>
        {summary.marks.length === 0 ? <p className="text-ink-3">{t("noMarks")}</p> : null}
      </section>
    </div>
  );
}

/** One line for phones. */
export function DashboardLine({ summary }: { summary: Summary }) {
  const { t } = useTranslation("traces");
  return (
    <p className="tr-line">
      {t("requests")} <b className="mono">{count(summary.requests)}</b>
      {" · "}
      <span className={summary.failed ? "text-error" : ""}>
        {t("failedCount", { count: summary.failed })}
      </span>
      {" · "}
      <b className="mono">{money(summary.spent)}</b>
      {summary.unpriced ? (
        <span className="text-ink-3"> · {t("unpricedShort", { count: summary.unpriced })}</span>
      ) : null}
    </p>
  );
}

function Bins({ summary }: { summary: Summary }) {
  const { t } = useTranslation("traces");
  const most = Math.max(1, ...summary.bins.map((bin) => bin.complete + bin.failed));
  const height = 46;
  return (
    <svg
      width="100%"
      height={height + 1}
      viewBox={`0 0 240 ${height + 1}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={t("binsLabel", { count: summary.requests, failed: summary.failed })}
    >
      {summary.bins.map((bin, at) => {
        const failed = (bin.failed / most) * height;
        const complete = (bin.complete / most) * height;
        return (
          <g key={at}>
            <rect
              x={at * 8}
              y={height - failed - complete}
              width="6"
              height={complete}
              fill="var(--strata-1)"
            />
            <rect x={at * 8} y={height - failed} width="6" height={failed} fill="var(--error)" />
          </g>
        );
      })}
      <path d={`M0 ${height + 0.5}H240`} stroke="var(--line-strong)" vectorEffect="non-scaling-stroke" />
    </svg>
  );
}

/** Money as it added up over the listed time. */
function Spend({ summary }: { summary: Summary }) {
  const height = 46;
  const most = summary.spent || 1;
  const steps = summary.spending
    .map((spent, at) => `H${at * 8}V${height - (spent / most) * (height - 3)}`)
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

function Speeds({ summary }: { summary: Summary }) {
  const { t } = useTranslation("traces");
  const shown = summary.speeds.slice(0, MOST_ROWS);
  const most = Math.max(0.001, ...shown.map((speed) => speed.p95));
  if (shown.length === 0) return <p className="text-ink-3">{t("noTtft")}</p>;
  return (
    <table className="tr-speeds">
      <colgroup>
        <col style={{ width: "46%" }} />
        <col />
        <col style={{ width: 40 }} />
        <col style={{ width: 40 }} />
      </colgroup>
      <thead className="tr-hidden">
        <tr>
          <th>{t("column.model")}</th>
          <th />
          <th>p50</th>
          <th>p95</th>
        </tr>
      </thead>
      <tbody>
        {shown.map(({ model, p50, p95, count: times }) => (
          <tr key={model} title={t("speedOf", { model, count: times })}>
            <td className="mono cut">
              <ModelName id={model} />
            </td>
            <td>
              <div className="tr-range" aria-hidden="true">
                <i style={{ left: `${(p50 / most) * 92}%`, width: `${((p95 - p50) / most) * 92}%` }} />
                <u style={{ left: `${(p50 / most) * 92}%` }} />
              </div>
            </td>
            <td className="mono">{bareSeconds(p50)}</td>
            <td className="mono text-ink-3">{bareSeconds(p95)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
