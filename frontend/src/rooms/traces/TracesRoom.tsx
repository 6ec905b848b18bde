import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { lazy, Suspense, useCallback, useEffect, useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";
import { problemOf } from "../../api/client";
import { useLayout } from "../../app/page-state";
import { useStore } from "../../core/store";
import { useNow } from "../../inspector/measure";
import { Button } from "../../ui/Button";
import { ProblemCard } from "../../ui/FindingCard";
import { Sheet } from "../../ui/Sheet";
import { Skeleton } from "../../ui/Skeleton";
import { Dashboard, DashboardLine } from "./Dashboard";
import { FilterBar } from "./FilterBar";
import { Legend } from "./Legend";
import { summarise } from "./summary";
import { PhoneRow } from "./TraceRow";
import { TraceTable } from "./TraceTable";
import { type Filter, isFiltered, useTraces } from "./useTraces";
import { type AxisMode, axisOf } from "./waterfall";
import "../../inspector/inspector.css";
import "../../inspector/bodies.css";
import "../../inspector/tables.css";
import "./traces.css";

const Inspector = lazy(() => import("../../inspector/Inspector"));

/** What the address says: the filter, and the axis of the waterfall where one was chosen. */
interface Search extends Filter {
  axis?: AxisMode;
}

function readSearch(search: Record<string, unknown>): Search {
  return {
    q: typeof search.q === "string" && search.q ? search.q : undefined,
    failed: search.failed === true || undefined,
    caller: typeof search.caller === "string" ? search.caller : undefined,
    key: typeof search.key === "string" ? search.key : undefined,
    axis: search.axis === "clock" || search.axis === "start" ? search.axis : undefined,
  };
}

export default function TracesRoom() {
  const { t } = useTranslation("traces");
  const navigate = useNavigate();
  const phone = useLayout() === "phone";
  const { traceId } = useParams({ strict: false });
  const raw = useSearch({ strict: false }) as Record<string, unknown>;
  const { axis: wanted, ...given } = readSearch(raw);
  const name = JSON.stringify(given);
  const filter = useMemo(() => JSON.parse(name) as Filter, [name]);
  const { query, traces, total } = useTraces(filter);
  const connected = useStore((state) => state.connection === "open");
  const room = useRef<HTMLElement>(null);

  const someLive = traces.some((trace) => trace.outcome === "live");
  const now = useNow(someLive);
  const second = Math.ceil(now);
  const axis = useMemo(() => axisOf(traces, second, wanted), [traces, second, wanted]);
  const summary = useMemo(() => summarise(traces, Date.now() / 1000), [traces]);

  const search = useCallback((change: Search) => ({ ...change }) as Record<string, unknown>, []);
  const setFilter = useCallback(
    (next: Filter) => void navigate({ to: ".", search: search({ ...next, axis: wanted }), replace: true }),
    [navigate, search, wanted],
  );
  const open = useCallback(
    (id: string) =>
      void navigate({
        to: "/traces/$traceId",
        params: { traceId: id },
        search: (old) => old as never,
        replace: Boolean(traceId),
      }),
    [navigate, traceId],
  );
  const close = useCallback(() => {
    const id = traceId;
    void navigate({ to: "/traces", search: (old) => old as never }).then(() => {
      if (id) room.current?.querySelector<HTMLElement>(`[data-id="${CSS.escape(id)}"]`)?.focus();
    });
  }, [navigate, traceId]);
  useEffect(() => {
    if (!traceId || phone) return;
    const pressed = (event: KeyboardEvent) => {
      if (event.key === "Escape" && !event.defaultPrevented) close();
    };
    window.addEventListener("keydown", pressed);
    return () => window.removeEventListener("keydown", pressed);
  }, [traceId, phone, close]);

  const empty = query.isSuccess && traces.length === 0;
  const filtered = isFiltered(filter);
  const inspector = traceId ? (
    <Suspense fallback={<Skeleton rows={10} />}>
      <Inspector traceId={traceId} onClose={close} tied />
    </Suspense>
  ) : null;
  return (
    <main className="tr-room" ref={room} data-inspecting={Boolean(traceId) || undefined}>
      {phone ? null : <h1 className="sr-only">{t("title")}</h1>}
      {phone ? (
        <DashboardLine summary={summary} />
      ) : (
        <Dashboard summary={summary} onMark={(mark) => setFilter({ ...filter, q: mark })} />
      )}
      <FilterBar
        filter={filter}
        onChange={setFilter}
        listed={traces.length}
        total={total}
        live={connected}
        mode={axis.mode}
        onMode={
          phone
            ? undefined
            : (axisMode) =>
                void navigate({ to: ".", search: search({ ...filter, axis: axisMode }), replace: true })
        }
      />
      <div className="tr-list">
        {query.isError ? (
          <div className="p-4">
            <ProblemCard
              problem={problemOf(query.error)}
              actions={<Button onClick={() => void query.refetch()}>{t("retry")}</Button>}
            />
          </div>
        ) : null}
        {query.isPending ? <Skeleton rows={14} label={t("loading")} /> : null}
        {empty ? <Empty filtered={filtered} onClear={() => setFilter({})} /> : null}
        {traces.length === 0 ? null : phone ? (
          <ul>
            {traces.map((trace) => (
              <PhoneRow key={trace.id} trace={trace} now={now} onOpen={open} />
            ))}
          </ul>
        ) : (
          <TraceTable traces={traces} axis={axis} now={now} openId={traceId} onOpen={open} />
        )}
        {query.hasNextPage ? (
          <div className="p-4">
            <Button disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
              {t(query.isFetchingNextPage ? "loadingMore" : "loadMore")}
            </Button>
          </div>
        ) : null}
      </div>
      {phone ? null : <Legend />}
      {phone ? (
        <Sheet
          from="bottom"
          open={Boolean(traceId)}
          onOpenChange={(next) => next || close()}
          label={t("inspector")}
          className="tr-sheet"
        >
          {inspector}
        </Sheet>
      ) : traceId ? (
        <aside className="tr-aside" aria-label={t("inspector")}>
          {inspector}
        </aside>
      ) : null}
    </main>
  );
}

function Empty({ filtered, onClear }: { filtered: boolean; onClear: () => void }) {
  const { t } = useTranslation("traces");
  const navigate = useNavigate();
  return (
    <div className="tr-empty">
      <p>{t(filtered ? "noMatch" : "nothingYet")}</p>
      {filtered ? (
        <Button onClick={onClear}>{t("clear")}</Button>
      ) : (
        <Button onClick={() => void navigate({ to: "/" })}>{t("firstChat")}</Button>
      )}
    </div>
  );
}
