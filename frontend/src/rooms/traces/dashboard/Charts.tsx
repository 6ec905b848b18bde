import type { TFunction } from "i18next";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import "uplot/dist/uPlot.min.css";
import { count, money } from "../../../format";
import { bareSeconds } from "../../../inspector/figures";
import { ModelName } from "../../../inspector/ModelName";
import type { Point, Series } from "../api";
import { Chart, type ChartProps, type ChartTrack } from "./Chart";
import { along, findingLines, foremost, gridOf, groupLines, type Line, speedsOf, summed } from "./figures";
import { ORDER } from "./ink";

interface ChartsProps {
  series: Series;
  by: "model" | "endpoint";
  onRange: (since: number, until: number) => void;
}

/** More bars than this cannot be told apart; lines cross, so there are fewer. */
const MOST_BARS = 6;
const MOST_LINES = 4;

/** The six charts. They come with uPlot, when they are first opened. */
export default function Charts({ series, by, onRange }: ChartsProps) {
  const { t } = useTranslation("traces");
  const grid = useMemo(() => gridOf(series), [series]);
  const charts = useMemo(
    () => [
      requests(series, grid, t),
      failures(series, grid, t),
      tokens(series, grid, t),
      costs(series, grid, by, t),
      speed(series, grid, by, t, "ttft"),
      speed(series, grid, by, t, "rate"),
    ],
    [series, grid, by, t],
  );
  return (
    <div className="tr-charts">
      {charts.map((chart) => (
        <Chart key={chart.title} {...chart} grid={grid} step={series.step} onRange={onRange} />
      ))}
    </div>
  );
}

type Drawn = Omit<ChartProps, "grid" | "step" | "onRange">;
type T = TFunction<"traces">;

function requests(series: Series, grid: number[], t: T): Drawn {
  const failed = summed(grid, series, (point) => point.failed);
  const all = summed(grid, series, (point) => point.requests);
  const { totals } = series;
  const tracks: ChartTrack[] = [
    {
      name: t("chart.answered"),
      values: all.map((value, at) => value - (failed[at] ?? 0)),
      stratum: 1,
      sum: count(totals.requests - totals.failed),
    },
    {
      name: t("chart.failed"),
      values: failed,
      stratum: 0,
      sum: count(totals.failed),
      term: ["is", "failed"],
    },
  ];
  return {
    title: t("requests"),
    figure: count(totals.requests),
    kind: "bars",
    tracks: totals.requests ? tracks : [],
    unit: whole,
    empty: t("chart.noRequests"),
  };
}

function failures(series: Series, grid: number[], t: T): Drawn {
  const lines = foremost(findingLines(grid, series), MOST_BARS);
  return {
    title: t("chart.failures"),
    figure: count(series.totals.failed),
    kind: "bars",
    tracks: stacked(lines, t, "finding", count),
    unit: whole,
    empty: t("noFindings"),
  };
}

function tokens(series: Series, grid: number[], t: T): Drawn {
  const { totals } = series;
  const tracks: ChartTrack[] = [
    {
      name: t("chart.input"),
      values: summed(grid, series, (point) => point.input_tokens),
      stratum: 5,
      sum: count(totals.input_tokens),
    },
    {
      name: t("chart.output"),
      values: summed(grid, series, (point) => point.output_tokens),
      stratum: 1,
      sum: count(totals.output_tokens),
    },
  ];
  return {
    title: t("chart.tokens"),
    figure: count(totals.input_tokens + totals.output_tokens),
    kind: "bars",
    tracks: totals.input_tokens + totals.output_tokens ? tracks : [],
    unit: short,
    empty: t("chart.noTokens"),
  };
}

function costs(series: Series, grid: number[], by: ChartsProps["by"], t: T): Drawn {
  const lines = foremost(
    groupLines(grid, series, (point) => point.cost_usd),
    MOST_BARS,
  );
  const { totals } = series;
  return {
    title: t("spend"),
    figure: money(totals.cost_usd),
    note: totals.unpriced ? t("unpricedShort", { count: totals.unpriced }) : undefined,
    kind: "bars",
    tracks: stacked(lines, t, by, money),
    unit: money,
    empty: totals.unpriced ? t("chart.noPrices") : t("chart.noCost"),
  };
}

function speed(series: Series, grid: number[], by: ChartsProps["by"], t: T, what: "ttft" | "rate"): Drawn {
  const known = speedsOf(series).filter((one) => one.name && (what === "ttft" ? one.p50 : one.rate) !== null);
  const seconds = what === "ttft";
  const tracks = known.slice(0, MOST_LINES).flatMap((one, at): ChartTrack[] => {
    const points = series.groups.find((group) => group.name === one.name)?.points ?? [];
    const values = (of: (point: Point) => number | null) => along<number | null>(grid, points, of, null);
    const stratum = ORDER[at] ?? 6;
    const sum = seconds
      ? `${bareSeconds(one.p50 ?? 0)} · ${bareSeconds(one.p95 ?? 0)} s`
      : (one.rate ?? 0).toFixed(0);
    const main: ChartTrack = {
      name: one.name,
      label: <ModelName id={one.name} />,
      values: values(seconds ? (point) => point.ttft_p50 : (point) => point.rate_p50),
      stratum,
      sum,
      term: [by, one.name],
    };
    if (!seconds) return [main];
    const slow = {
      name: `${one.name} p95`,
      values: values((point) => point.ttft_p95),
      stratum,
      sum: "",
      dashed: true,
    };
    return [main, slow];
  });
  const more = known.length - MOST_LINES;
  const unit = t(seconds ? "chart.ttftUnit" : "chart.rateUnit");
  return {
    title: t(seconds ? "ttft" : "chart.rate"),
    note: more > 0 ? `${unit} · ${t("chart.moreModels", { count: more })}` : unit,
    kind: "lines",
    tracks,
    unit: seconds ? bareSeconds : (value) => value.toFixed(value < 10 ? 1 : 0),
    empty: t(seconds ? "noTtft" : "chart.noRate"),
  };
}

function stacked(lines: Line[], t: T, by: string, figure: (value: number) => string): ChartTrack[] {
  return lines.map((line, at) => {
    const rest = line.name === "";
    return {
      name: line.name,
      label: rest ? (
        t("chart.rest")
      ) : by === "finding" ? (
        <code>{line.name}</code>
      ) : (
        <ModelName id={line.name} />
      ),
      values: line.values,
      // The rest is graphite; the others take the strata in their order.
      stratum: rest ? 6 : (ORDER[at] ?? 6),
      sum: figure(line.sum),
      term: rest ? undefined : [by, line.name],
    };
  });
}

/** There is no half request: an axis of small counts shows whole ones alone. */
const whole = (value: number) => (Number.isInteger(value) ? count(value) : "");

function short(value: number): string {
  if (value >= 1_000_000) return `${Number((value / 1_000_000).toFixed(1))}M`;
  return value >= 1000 ? `${Number((value / 1000).toFixed(1))}k` : whole(value);
}
