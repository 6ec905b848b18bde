import {
  type CSSProperties,
  type FocusEvent,
  type KeyboardEvent,
  type ReactNode,
  type Ref,
  useCallback,
  useDeferredValue,
  useEffect,
  useImperativeHandle,
  useMemo,
  useRef,
  useState,
} from "react";
import { useTranslation } from "react-i18next";
import { useSight } from "../../../ui/sight";
import type { Group, Grouping, ListedTrace, Order, Sort } from "../api";
import { AttemptRows } from "./AttemptRows";
import { gridOf } from "./Bars";
import { BarsCard, usePointedBars } from "./BarsCard";
import { COLUMNS, type ColumnName, leastWidth } from "./columns";
import { GroupRow } from "./GroupRow";
import { Head } from "./Head";
import { heightOf, type Item, tracesIn } from "./items";
import { MoreRow } from "./MoreRow";
import { RowMenu } from "./RowMenu";
import { TraceRow } from "./TraceRow";
import { HEAD, useStillness, useWalk } from "./useWalk";
import { type Axis, type AxisMode, axisOf, bestMode } from "./waterfall";
import { offsetsOf, windowOf } from "./window";

/** What the room may ask of the list. */
export interface ListHandle {
  /** Goes so many rows on, the open trace with it. */
  step: (by: number) => void;
  focus: (id?: string) => void;
  toTop: () => void;
}

export interface TraceTableProps {
  ref?: Ref<ListHandle>;
  items: readonly Item[];
  /** Changes with the filter and the order: another list is read from its top. */
  listing: string;
  total: number;
  shown: readonly ColumnName[];
  sort: Sort;
  order: Order;
  onSort?: (sort: Sort) => void;
  axisMode?: AxisMode;
  onAxis: (mode: AxisMode) => void;
  by?: Grouping;
  now: number;
  openId?: string;
  onOpen: (id: string) => void;
  onDelete: (trace: ListedTrace) => void;
  onToggle: (group: string) => void;
  onWhole: (group: Group) => void;
  /** F and P, while the list has the focus. */
  onFilterKey: () => void;
  onPauseKey: () => void;
  /** The last rows are near; more are wanted. */
  onNearEnd: () => void;
  children?: ReactNode;
}

const HEAD_ROWS = 30;
/** Rows from the end at which the next page is asked for. */
const NEAR = 40;

/** The list: ↑ and ↓ walk the rows, Enter opens, and an open inspector follows the walk. */
export function TraceTable(props: TraceTableProps) {
  const { items, shown, openId, onOpen, now, onNearEnd, ref } = props;
  const { t } = useTranslation("traces");
  const scroller = useRef<HTMLDivElement>(null);
  const sight = useSight(scroller);
  const offsets = useMemo(() => offsetsOf(items.map(heightOf)), [items]);
  const [first, last] = windowOf(offsets, { top: sight.top - HEAD, height: sight.height });
  const drawn = items.slice(first, last + 1);

  const [reached, setReached] = useState<string | null>(null);
  const current = useMemo(
    () => [reached, openId].find((id) => id && items.some((item) => item.id === id)) ?? items[0]?.id,
    [reached, openId, items],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: another open trace is where the walk goes on
  useEffect(() => setReached(null), [openId]);
  const onReach = useCallback(
    (item: Item) => {
      setReached(item.id);
      if (openId && item.kind === "trace") onOpen(item.id);
    },
    [openId, onOpen],
  );
  const focused = useCallback((event: FocusEvent) => {
    const id = event.target.closest("tr[data-id]")?.getAttribute("data-id");
    if (id) setReached(id);
  }, []);
  useStillness(scroller, items, offsets, props.listing);
  const { onKeyDown, show, step } = useWalk({
    scroller,
    items,
    offsets,
    current: current ?? undefined,
    onReach,
  });
  useImperativeHandle(ref, () => ({
    step: (by) => void step(by, false),
    focus: (id) => (id ? show(id, true) : scroller.current?.focus()),
    toTop: () => scroller.current?.scrollTo({ top: 0 }),
  }));
  useEffect(() => {
    if (last >= items.length - NEAR) onNearEnd();
  }, [last, items.length, onNearEnd]);

  const find = useCallback((id: string) => tracesIn(items).find((trace) => trace.id === id), [items]);
  const { pointed, ...pointing } = usePointedBars(find);
  // The bars of the rows in sight share their axis, so that a long list has no slivers.
  const second = Math.ceil(now);
  // Which way they stand is decided at the head of the list, or it would change with the scroll.
  const best = useMemo(() => bestMode(tracesIn(items.slice(0, HEAD_ROWS)), second), [items, second]);
  const mode = props.axisMode ?? best;
  const [seenFirst, seenLast] = windowOf(offsets, { top: sight.top - HEAD, height: sight.height }, 0);
  const exact = useMemo(
    () => axisOf(tracesIn(items.slice(seenFirst, seenLast + 1)), second, mode),
    [items, seenFirst, seenLast, second, mode],
  );
  // Rows come first and the common axis a moment later, so that a quick scroll need not draw each twice.
  const axis = useDeferredValue(exact);

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the rows in it take the keys
    <div
      className="tr-list"
      ref={scroller}
      tabIndex={-1}
      onKeyDown={(event) => {
        onKeyDown(event);
        letterKey(event, { f: props.onFilterKey, p: props.onPauseKey });
      }}
      data-testid="trace-list"
    >
      <table
        className="tr-table"
        aria-rowcount={props.total + 1}
        style={{ "--grid": gridOf(axis), minWidth: leastWidth(shown) } as CSSProperties}
      >
        <caption className="sr-only">{t("tableCaption", { sort: t(`sort.${props.sort}`) })}</caption>
        <colgroup>
          {shown.map((name, at) => (
            <col key={name} style={at === shown.length - 1 ? undefined : { width: COLUMNS[name].width }} />
          ))}
        </colgroup>
        <Head
          shown={shown}
          axis={axis}
          onAxis={props.onAxis}
          sort={props.sort}
          order={props.order}
          onSort={props.onSort}
        />
        <RowMenu find={find} onOpen={onOpen} onDelete={props.onDelete}>
          <tbody {...pointing} onFocus={focused}>
            <Spacer height={offsets[first] ?? 0} columns={shown.length} />
            {drawn.map((item, at) => (
              <Row
                key={item.id}
                {...props}
                item={item}
                axis={axis}
                current={item.id === current}
                place={first + at + 2}
              />
            ))}
            <Spacer height={(offsets[items.length] ?? 0) - (offsets[last + 1] ?? 0)} columns={shown.length} />
          </tbody>
        </RowMenu>
      </table>
      {props.children}
      {pointed ? <BarsCard pointed={pointed} now={now} /> : null}
    </div>
  );
}

/** A letter alone means something only here: elsewhere it may be the beginning of a word. */
function letterKey(event: KeyboardEvent, keys: Record<string, () => void>): void {
  if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const run = keys[event.key.toLowerCase()];
  if (!run) return;
  event.preventDefault();
  run();
}

interface RowProps extends TraceTableProps {
  item: Item;
  axis: Axis;
  current: boolean;
  place: number;
}

function Row({ item, axis, current, place, shown, now, openId, ...props }: RowProps) {
  switch (item.kind) {
    case "trace":
      return (
        <TraceRow
          trace={item.trace}
          shown={shown}
          axis={axis}
          now={item.trace.outcome === "live" ? now : 0}
          open={item.id === openId}
          current={current}
          inside={item.inside}
          place={place}
          onOpen={props.onOpen}
        />
      );
    case "attempts":
      return <AttemptRows trace={item.trace} axis={axis} shown={shown} />;
    case "group":
      return (
        <GroupRow
          group={item.group}
          by={props.by ?? "conversation"}
          open={item.open}
          current={current}
          columns={shown.length}
          onToggle={props.onToggle}
        />
      );
    case "more":
      return <MoreRow item={item} current={current} columns={shown.length} onWhole={props.onWhole} />;
  }
}

/** The rows that are not drawn, as one empty one of their height. */
function Spacer({ height, columns }: { height: number; columns: number }) {
  if (height <= 0) return null;
  return (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: nothing in it takes the focus
    <tr aria-hidden="true" className="tr-spacer">
      <td colSpan={columns} style={{ height }} />
    </tr>
  );
}
