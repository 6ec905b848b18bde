import { ChevronDown, ChevronRight } from "lucide-react";
import { type RefObject, useEffect, useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";
import { clock, count, duration, estimate, money } from "../../../format";
import { ModelName } from "../../../inspector/ModelName";
import { useSight } from "../../../ui/sight";
import type { Group, Grouping, ListedTrace } from "../api";
import { isEstimate, Mark, Status, Tokens } from "./cells";
import { GroupTitle } from "./GroupRow";
import type { Item } from "./items";
import { useStillness } from "./useWalk";
import { endOfTrace } from "./waterfall";
import { offsetsOf, windowOf } from "./window";

interface PhoneListProps {
  items: readonly Item[];
  listing: string;
  by?: Grouping;
  now: number;
  onOpen: (id: string) => void;
  onToggle: (group: string) => void;
  onWhole: (group: Group) => void;
  onNearEnd: () => void;
  top: RefObject<(() => void) | null>;
  children?: React.ReactNode;
}

const LINE = 57;
const THIRD_LINE = 18;

/** That a request was for a title is said beside its tokens; anything else that stands out gets a line. */
const isTitle = (trace: ListedTrace) => trace.mark === "title";
const hasThird = (trace: ListedTrace) => (trace.mark !== null && !isTitle(trace)) || trace.attempts > 1;

function heightOf(item: Item): number {
  if (item.kind === "attempts") return 0;
  if (item.kind !== "trace") return LINE;
  return LINE + (hasThird(item.trace) ? THIRD_LINE : 0);
}

/** The list on a phone: two lines for a trace, a third where something stands out. */
export function PhoneList(props: PhoneListProps) {
  const { items, onNearEnd } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const sight = useSight(scroller, 28);
  const offsets = useMemo(() => offsetsOf(items.map(heightOf)), [items]);
  const [first, last] = windowOf(offsets, sight, 8);
  useStillness(scroller, items, offsets, props.listing);
  useEffect(() => {
    props.top.current = () => scroller.current?.scrollTo({ top: 0 });
  }, [props.top]);
  useEffect(() => {
    if (last >= items.length - 30) onNearEnd();
  }, [last, items.length, onNearEnd]);
  return (
    <div className="tr-list" ref={scroller} data-testid="trace-list">
      <ul
        style={{
          paddingTop: offsets[first] ?? 0,
          paddingBottom: (offsets[items.length] ?? 0) - (offsets[last + 1] ?? 0),
        }}
      >
        {items.slice(first, last + 1).map((item) => (
          <PhoneItem key={item.id} item={item} {...props} />
        ))}
      </ul>
      {props.children}
    </div>
  );
}

function PhoneItem({ item, by, now, onOpen, onToggle, onWhole }: PhoneListProps & { item: Item }) {
  const { t } = useTranslation("traces");
  if (item.kind === "attempts") return null;
  if (item.kind === "trace") return <PhoneRow trace={item.trace} now={now} onOpen={onOpen} />;
  if (item.kind === "group")
    return <PhoneGroup group={item.group} by={by ?? "conversation"} open={item.open} onToggle={onToggle} />;
  return (
    <li>
      <button
        type="button"
        className="tr-phone"
        style={{ height: LINE }}
        disabled={item.state === "loading"}
        onClick={() => onWhole(item.group)}
      >
        {t(item.state === "more" ? "group.whole" : `group.${item.state}`, {
          count: item.group.count,
          figure: count(item.group.count),
        })}
      </button>
    </li>
  );
}

function PhoneRow({ trace, now, onOpen }: { trace: ListedTrace; now: number; onOpen: (id: string) => void }) {
  const { t } = useTranslation("traces");
  const live = trace.outcome === "live";
  return (
    <li>
      <button
        type="button"
        className="tr-phone"
        data-testid="trace-row"
        data-id={trace.id}
        style={{ height: LINE + (hasThird(trace) ? THIRD_LINE : 0) }}
        onClick={() => onOpen(trace.id)}
      >
        <span className="mono cut font-strong">
          <ModelName id={trace.model} />
        </span>
        <Status trace={trace} />
        <span className="mono cut text-ink-2">
          {clock(trace.started_at)}
          {trace.input_tokens === null && trace.output_tokens === null ? null : <PhoneTokens trace={trace} />}
          {isTitle(trace) && !hasThird(trace) ? ` · ${t("callers.title")}` : ""}
        </span>
        <span className={`mono text-right ${live ? "text-vein" : "text-ink-2"}`}>
          <PhoneCost trace={trace} /> {duration(endOfTrace(trace, now))}
        </span>
        {hasThird(trace) ? (
          <span className="col-span-2 cut text-xs">
            {trace.attempts > 1 ? (
              <span className="text-ink-2">
                {t("attempts", { count: trace.attempts })}
                {trace.mark ? " · " : ""}
              </span>
            ) : null}
            <Mark trace={trace} quiet />
          </span>
        ) : null}
      </button>
    </li>
  );
}

function PhoneTokens({ trace }: { trace: ListedTrace }) {
  return (
    <>
      {" · "}
      <Tokens value={trace.input_tokens} trace={trace} /> →{" "}
      <Tokens value={trace.output_tokens} trace={trace} estimated={isEstimate(trace)} /> tok
    </>
  );
}

function PhoneCost({ trace }: { trace: ListedTrace }) {
  if (trace.cost_usd === null) return null;
  return `${estimate(money(trace.cost_usd), trace.estimated)} ·`;
}

interface PhoneGroupProps {
  group: Group;
  by: Grouping;
  open: boolean;
  onToggle: (group: string) => void;
}

function PhoneGroup({ group, by, open, onToggle }: PhoneGroupProps) {
  const { t } = useTranslation("traces");
  const Caret = open ? ChevronDown : ChevronRight;
  return (
    <li>
      <button
        type="button"
        className="tr-phone"
        data-testid="trace-group"
        aria-expanded={open}
        style={{ height: LINE }}
        onClick={() => onToggle(group.id)}
      >
        <span className="cut font-strong">
          <Caret size={14} strokeWidth={1.75} className="mr-1 inline text-ink-3" aria-hidden="true" />
          <GroupTitle group={group} by={by} />
        </span>
        <span className="mono text-right">{group.unpriced === group.count ? "" : money(group.cost_usd)}</span>
        <span className="cut pl-[18px] text-ink-2">
          {t("group.traces", { count: group.count, figure: count(group.count) })}
          {group.failed ? (
            <span className="text-error"> · {t("failedCount", { count: group.failed })}</span>
          ) : null}
        </span>
        <span className="mono text-right text-ink-3">{clock(group.last_at)}</span>
      </button>
    </li>
  );
}
