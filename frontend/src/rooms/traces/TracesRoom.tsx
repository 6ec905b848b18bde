import { Link } from "@tanstack/react-router";
import { Terminal } from "lucide-react";
import { lazy, type ReactNode, Suspense, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { problemOf } from "../../api/client";
import { useLayout } from "../../app/page-state";
import { useShortcuts } from "../../app/shortcuts";
import { useStore } from "../../core/store";
import { count } from "../../format";
import { useNow } from "../../inspector/measure";
import { Button } from "../../ui/Button";
import { ProblemCard } from "../../ui/FindingCard";
import { MenuItem } from "../../ui/Menu";
import { Sheet } from "../../ui/Sheet";
import { Skeleton } from "../../ui/Skeleton";
import { firstOrder } from "./address";
import type { Group, ListedTrace, Sort } from "./api";
import { ColumnsButton } from "./bar/ColumnsButton";
import { GroupMenu } from "./bar/GroupMenu";
import { LiveButton } from "./bar/LiveButton";
import { MoreMenu } from "./bar/MoreMenu";
import { PhoneFilter } from "./bar/PhoneFilter";
import { Dashboard } from "./dashboard/Dashboard";
import { DashboardLine } from "./dashboard/DashboardLine";
import { useFreshSeries } from "./dashboard/useSeries";
import { type FilterBy, FilterByContext } from "./filter/by";
import { FilterBox } from "./filter/FilterBox";
import { DeleteTrace } from "./keeping/DeleteTrace";
import { isStop, tracesIn } from "./list/items";
import { Legend } from "./list/Legend";
import { PhoneList } from "./list/PhoneList";
import { type ListHandle, TraceTable } from "./list/TraceTable";
import { RowWordsContext, useMadeWords } from "./list/words";
import { Surface, splitStyle, useSplit } from "./Surface";
import { useChoices } from "./useChoices";
import { usePlace } from "./usePlace";
import { useRows } from "./useRows";
import "../../inspector/strings";
import "../../inspector/inspector.css";
import "../../inspector/bodies.css";
import "../../inspector/tables.css";
import "./traces.css";
import "./board.css";
import "./filter.css";

const Inspector = lazy(() => import("../../inspector/Inspector"));
const PasteCurl = lazy(async () => ({ default: (await import("../../inspector/PasteCurl")).PasteCurl }));

/** Every request that went through: found, ordered, grouped, watched, and each one opened. */
export default function TracesRoom() {
  const { t } = useTranslation("traces");
  const layout = useLayout();
  const phone = layout === "phone";
  const split = useSplit(layout);
  const place = usePlace();
  const { traceId, q, sort, order, group, open, close } = place;
  const [paused, setPaused] = useState(false);
  const rows = useRows({ q, sort, order, group, openId: traceId, paused });
  const { items } = rows;
  const choices = useChoices();
  useFreshSeries(paused);
  const connected = useStore((state) => state.connection === "open");
  const now = useNow(rows.traces.some((trace) => trace.outcome === "live"));
  const [deleting, setDeleting] = useState<ListedTrace | null>(null);
  const [pasting, setPasting] = useState(false);
  const [board, setBoard] = useState(false);
  const list = useRef<ListHandle>(null);
  const toTop = useRef<(() => void) | null>(null);
  const box = useRef<{ focus: () => void }>(null);

  const shut = useCallback(() => {
    void close().then(() => list.current?.focus(traceId));
  }, [close, traceId]);
  const sortBy = useCallback(
    (next: Sort) => {
      const other = order === "asc" ? "desc" : "asc";
      place.sortBy(next, next === sort ? other : firstOrder(next));
    },
    [place.sortBy, sort, order],
  );
  const whole = useCallback(
    (of: Group) => place.filterBy(group ?? "conversation", of.id),
    [place.filterBy, group],
  );
  const release = () => {
    rows.release();
    list.current?.toTop();
    toTop.current?.();
  };
  useRoomKeys({ items, traceId, phone, open, shut, step: (by) => list.current?.step(by) });

  const figure = group
    ? t("groupsCount", { count: rows.items.filter((item) => item.kind === "group").length })
    : rows.atLeast
      ? t("atLeast", { count: count(rows.total) })
      : count(rows.total);
  const more = (
    <MoreMenu q={q} total={rows.total} atLeast={rows.atLeast}>
      <MenuItem
        icon={<Terminal size={14} strokeWidth={1.75} aria-hidden="true" />}
        onSelect={() => setPasting(true)}
      >
        {t("pasteCurl")}
      </MenuItem>
    </MoreMenu>
  );
  const live = (
    <LiveButton
      connected={connected}
      paused={paused}
      onPaused={setPaused}
      waiting={rows.waiting}
      onRelease={release}
    />
  );
  const dashboard = (wholeOfIt: boolean) => (
    <Dashboard
      q={q}
      onFilter={place.filter}
      by={choices.by}
      onBy={choices.setBy}
      view={choices.view}
      onView={choices.setView}
      whole={wholeOfIt}
    />
  );
  const filterBox = (
    <FilterBox ref={box} value={q} onApply={place.write} fault={rows.fault}>
      {phone ? null : (
        <span className="mono text-ink-3" role="status" data-testid="total">
          {rows.fault ? "" : group ? figure : t("matching", { count: rows.total, figure })}
        </span>
      )}
    </FilterBox>
  );
  const state = <ListState rows={rows} q={q} onClear={() => place.filter("")} />;
  const shared = {
    items,
    listing: rows.key,
    by: group,
    now,
    onOpen: open,
    onToggle: rows.toggle,
    onWhole: whole,
    onNearEnd: rows.more,
  };
  const inspector = traceId ? (
    <Suspense fallback={<Skeleton rows={10} />}>
      <Inspector traceId={traceId} onClose={shut} tied />
    </Suspense>
  ) : null;

  return (
    <Around filterBy={place.filterBy}>
      <main
        className="tr-room"
        data-inspecting={traceId ? split.at : undefined}
        style={splitStyle(split)}
        data-unread={rows.fault ? "" : undefined}
        data-view={choices.view}
      >
        {phone ? null : <h1 className="sr-only">{t("title")}</h1>}
        {phone ? <DashboardLine q={q} onOpen={() => setBoard(true)} /> : dashboard(false)}
        {phone ? (
          <PhoneFilter
            q={q}
            onFilter={place.filter}
            sort={sort}
            order={order}
            onSort={place.sortBy}
            by={group}
            onBy={place.groupBy}
            figure={figure}
            box={filterBox}
          >
            {live}
            {more}
          </PhoneFilter>
        ) : (
          <search className="tr-filter">
            {filterBox}
            <GroupMenu by={group} onBy={place.groupBy} />
            <ColumnsButton shown={choices.shown} onShown={choices.setShown} />
            {live}
            {more}
          </search>
        )}
        {phone ? (
          <PhoneList {...shared} top={toTop}>
            {state}
          </PhoneList>
        ) : (
          <TraceTable
            {...shared}
            ref={list}
            total={rows.total}
            shown={choices.shown}
            sort={sort}
            order={order}
            onSort={group ? undefined : sortBy}
            axisMode={place.axis}
            onAxis={place.setAxis}
            openId={traceId}
            onDelete={setDeleting}
            onFilterKey={() => box.current?.focus()}
            onPauseKey={() => setPaused(!paused)}
          >
            {state}
          </TraceTable>
        )}
        {phone ? null : <Legend />}
        <Surface split={split} open={Boolean(traceId)} onClose={shut}>
          {inspector}
        </Surface>
        {phone ? (
          <Sheet
            from="bottom"
            open={board}
            onOpenChange={setBoard}
            label={t("dashboard")}
            className="tr-sheet"
          >
            {dashboard(true)}
          </Sheet>
        ) : null}
        <DeleteTrace
          trace={deleting}
          onEnd={() => setDeleting(null)}
          onDeleted={(id) => id === traceId && void close()}
        />
        {pasting ? (
          <Suspense>
            <PasteCurl open onClose={() => setPasting(false)} />
          </Suspense>
        ) : null}
      </main>
    </Around>
  );
}

/** What every figure and row of the room may ask for. */
function Around({ filterBy, children }: { filterBy: FilterBy; children: ReactNode }) {
  return (
    <FilterByContext value={filterBy}>
      <RowWordsContext value={useMadeWords()}>{children}</RowWordsContext>
    </FilterByContext>
  );
}

interface RoomKeys {
  items: ReturnType<typeof useRows>["items"];
  traceId: string | undefined;
  phone: boolean;
  open: (id: string) => void;
  shut: () => void;
  step: (by: number) => void;
}

/** Esc closes the sheet, Ctrl+I opens or closes it, Alt with arrows walks while the sheet has the focus. */
function useRoomKeys({ items, traceId, phone, open, shut, step }: RoomKeys): void {
  const first = tracesIn(items.filter(isStop))[0]?.id;
  const actions = useMemo(
    () => ({
      previousMessage: traceId ? () => step(-1) : undefined,
      nextMessage: traceId ? () => step(1) : undefined,
      inspector: () => (traceId ? shut() : first ? open(first) : undefined),
    }),
    [traceId, first, open, shut, step],
  );
  useShortcuts(actions);
  useEffect(() => {
    if (!traceId || phone) return;
    const pressed = (event: KeyboardEvent) => {
      if (event.key === "Escape" && !event.defaultPrevented) shut();
    };
    window.addEventListener("keydown", pressed);
    return () => window.removeEventListener("keydown", pressed);
  }, [traceId, phone, shut]);
}

interface ListStateProps {
  rows: ReturnType<typeof useRows>;
  q: string;
  onClear: () => void;
}

/** What stands in the list where there are no rows, or no more of them. */
function ListState({ rows: { query, items, fault }, q, onClear }: ListStateProps) {
  const { t } = useTranslation("traces");
  if (query.isError && !fault)
    return (
      <div className="p-4">
        <ProblemCard
          problem={problemOf(query.error)}
          actions={<Button onClick={() => void query.refetch()}>{t("retry")}</Button>}
        />
      </div>
    );
  if (query.isPending) return <Skeleton rows={14} label={t("loading")} />;
  if (query.isSuccess && items.length === 0) return <Empty filtered={q !== ""} onClear={onClear} />;
  if (query.isFetchingNextPage) return <p className="tr-end">{t("loadingMore")}</p>;
  if (query.hasNextPage)
    return (
      <p className="tr-end">
        <Button small onClick={() => void query.fetchNextPage()}>
          {t("loadMore")}
        </Button>
      </p>
    );
  return null;
}

function Empty({ filtered, onClear }: { filtered: boolean; onClear: () => void }) {
  const { t } = useTranslation("traces");
  return (
    <div className="tr-empty">
      <p>{t(filtered ? "noMatch" : "nothingYet")}</p>
      {filtered ? (
        <Button onClick={onClear}>{t("clear")}</Button>
      ) : (
        <Link className="btn" to="/">
          {t("firstChat")}
        </Link>
      )}
    </div>
  );
}
