import { useTranslation } from "react-i18next";
import { count, money } from "../../../format";
import { bareSeconds } from "../../../inspector/figures";
import { Skeleton } from "../../../ui/Skeleton";
import type { Point, Series } from "../api";
import { momentLabel } from "./moments";
import { useSeries } from "./useSeries";

interface SeriesTableProps {
  q: string;
  onRange: (since: number, until: number) => void;
}

const HEADS = ["from", "requests", "failed", "input", "output", "cost", "p50", "p95", "rate"] as const;

/** The charts as a table: the same figures for those who cannot see or point at them. */
export function SeriesTable({ q, onRange }: SeriesTableProps) {
  const { t } = useTranslation("traces");
  const { data } = useSeries(q, "none");
  if (!data) return <Skeleton rows={5} />;
  const points = data.groups.flatMap((group) => group.points).sort((a, b) => b.at - a.at);
  if (points.length === 0) return <p className="p-4 text-ink-3">{t("chart.noRequests")}</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scroll box must be reachable by keyboard
    <div className="tr-twin" tabIndex={0}>
      <table>
        <caption className="sr-only">{t("chart.tableCaption")}</caption>
        <thead>
          <tr>
            {HEADS.map((name) => (
              <th key={name} scope="col" className={name === "from" ? "" : "r"}>
                {t(`chart.head.${name}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {points.map((point) => (
            <PointRow key={point.at} point={point} series={data} onRange={onRange} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface PointRowProps {
  point: Point;
  series: Series;
  onRange: (since: number, until: number) => void;
}

function PointRow({ point, series, onRange }: PointRowProps) {
  const { t, i18n } = useTranslation("traces");
  const seconds = (value: number | null) => (value === null ? t("unknown") : bareSeconds(value));
  const span = series.until - series.since;
  return (
    <tr>
      <th scope="row">
        <button type="button" className="link" onClick={() => onRange(point.at, point.at + series.step)}>
          {momentLabel(point.at, span, i18n.language)}
        </button>
      </th>
      <td>{count(point.requests)}</td>
      <td className={point.failed ? "text-error" : ""}>{count(point.failed)}</td>
      <td>{count(point.input_tokens)}</td>
      <td>{count(point.output_tokens)}</td>
      <td>
        {point.unpriced === point.requests ? t("unknown") : money(point.cost_usd)}
        {point.unpriced && point.unpriced < point.requests ? ` + ${point.unpriced} ${t("unknown")}` : ""}
      </td>
      <td>{seconds(point.ttft_p50)}</td>
      <td>{seconds(point.ttft_p95)}</td>
      <td>{point.rate_p50 === null ? t("unknown") : point.rate_p50.toFixed(1)}</td>
    </tr>
  );
}
