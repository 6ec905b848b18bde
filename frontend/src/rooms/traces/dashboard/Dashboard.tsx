import { ChartColumn, Table2, X } from "lucide-react";
import { lazy, type ReactNode, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { problemOf } from "../../../api/client";
import { day } from "../../../format";
import { Choice } from "../../../inspector/Choice";
import { Button } from "../../../ui/Button";
import { ProblemCard } from "../../../ui/FindingCard";
import { Skeleton } from "../../../ui/Skeleton";
import type { Series } from "../api";
import { rangeLabel } from "./moments";
import { SeriesTable } from "./SeriesTable";
import { Strip } from "./Strip";
import { SPANS, type Span, spanOf, withRange, withSpan } from "./span";
import { useSeries } from "./useSeries";

const Charts = lazy(() => import("./Charts"));

export type View = "strip" | "charts" | "table";

interface DashboardProps {
  q: string;
  onFilter: (q: string) => void;
  by: "model" | "endpoint";
  onBy: (by: "model" | "endpoint") => void;
  view: View;
  onView: (view: View) => void;
  /** Under the strip, or in a sheet of its own where all of it is shown. */
  whole?: boolean;
  /** What else stands at the right of the head. */
  children?: ReactNode;
}

/** Figures over time: four instruments in a strip and, when asked for, charts or a table of them. */
export function Dashboard(props: DashboardProps) {
  const { q, onFilter, by, view, onView, whole = false, children } = props;
  const { t } = useTranslation("traces");
  const series = useSeries(q, by);
  const onRange = (since: number, until: number) => onFilter(withRange(q, since, until));
  const toggle = (wanted: View) => onView(view === wanted ? "strip" : wanted);
  return (
    <section className="tr-board" aria-label={t("dashboard")} data-whole={whole || undefined}>
      <div className="tr-board-head">
        <SpanChoice q={q} onFilter={onFilter} />
        {series.data ? <RangeNote series={series.data} q={q} onFilter={onFilter} /> : null}
        <span className="flex-1" />
        {view === "charts" || whole ? (
          <Choice
            label={t("chart.by")}
            value={by}
            onChange={props.onBy}
            options={[
              { value: "model", text: t("chart.byModel") },
              { value: "endpoint", text: t("chart.byEndpoint") },
            ]}
          />
        ) : null}
        {whole ? null : (
          <Button kind="bare" small aria-pressed={view === "charts"} onClick={() => toggle("charts")}>
            <ChartColumn size={14} strokeWidth={1.75} aria-hidden="true" />
            {t("chart.charts")}
          </Button>
        )}
        <Button kind="bare" small aria-pressed={view === "table"} onClick={() => toggle("table")}>
          <Table2 size={14} strokeWidth={1.75} aria-hidden="true" />
          {t("chart.asTable")}
        </Button>
        {children}
      </div>
      {series.isError ? (
        <SeriesProblem error={series.error} onRetry={() => void series.refetch()} />
      ) : series.data ? (
        <>
          {whole || view === "charts" ? null : <Strip series={series.data} by={by} onRange={onRange} />}
          {view === "charts" || (whole && view !== "table") ? (
            <Suspense fallback={<Skeleton rows={6} />}>
              <Charts series={series.data} by={by} onRange={onRange} />
            </Suspense>
          ) : null}
          {view === "table" ? <SeriesTable q={q} onRange={onRange} /> : null}
        </>
      ) : (
        <div className="tr-dash-wait">
          <Skeleton rows={4} />
        </div>
      )}
    </section>
  );
}

/** What is wrong with the filter stands at the filter; anything else is said here. */
function SeriesProblem({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const { t } = useTranslation("traces");
  const problem = problemOf(error);
  if (problem.param === "q") return <p className="tr-dash-wait p-4 text-ink-3">{t("chart.filterWrong")}</p>;
  return (
    <div className="p-4">
      <ProblemCard problem={problem} actions={<Button onClick={onRetry}>{t("retry")}</Button>} />
    </div>
  );
}

function SpanChoice({ q, onFilter }: { q: string; onFilter: (q: string) => void }) {
  const { t } = useTranslation("traces");
  const span = spanOf(q);
  return (
    <Choice<Span | "own">
      label={t("span.label")}
      value={span ?? "own"}
      onChange={(chosen) => chosen !== "own" && onFilter(withSpan(q, chosen))}
      options={SPANS.map((value) => ({ value, text: t(`span.${value}`) }))}
    />
  );
}

/** From when until when, with a way back from a span that was drawn, and what was too much to count. */
function RangeNote({ series, q, onFilter }: { series: Series; q: string; onFilter: (q: string) => void }) {
  const { t, i18n } = useTranslation("traces");
  const own = spanOf(q) === null;
  return (
    <span className="tr-range-note">
      {series.totals.requests || own ? rangeLabel(series.since, series.until, i18n.language) : null}
      {own ? (
        <button
          type="button"
          className="btn bare sm ic"
          aria-label={t("span.clear")}
          title={t("span.clear")}
          onClick={() => onFilter(withSpan(q, "all"))}
        >
          <X size={14} />
        </button>
      ) : null}
      {series.counted_since ? (
        <span className="text-warn">
          {t("countedSince", { date: day(series.counted_since, i18n.language) })}
        </span>
      ) : null}
    </span>
  );
}
