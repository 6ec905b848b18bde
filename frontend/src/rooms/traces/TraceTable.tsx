import { type CSSProperties, type KeyboardEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Trace } from "../../api/types";
import { AxisHead, gridOf } from "./Bars";
import { TraceRow } from "./TraceRow";
import type { Axis } from "./waterfall";

interface TraceTableProps {
  traces: Trace[];
  axis: Axis;
  now: number;
  openId?: string;
  onOpen: (id: string) => void;
}

const COLUMNS: { name: string; width?: number; right?: boolean }[] = [
  { name: "time", width: 98 },
  { name: "model", width: 224 },
  { name: "status", width: 100 },
  { name: "att", width: 36, right: true },
  { name: "in", width: 64, right: true },
  { name: "out", width: 64, right: true },
  { name: "cost", width: 84, right: true },
  { name: "ttft", width: 66, right: true },
  { name: "total", width: 72, right: true },
  { name: "mark", width: 184 },
];

/** The list: ↑ and ↓ walk the rows, Enter opens, and an open inspector follows the walk. */
export function TraceTable({ traces, axis, now, openId, onOpen }: TraceTableProps) {
  const { t } = useTranslation("traces");
  const body = useRef<HTMLTableSectionElement>(null);
  const [reached, setReached] = useState<string | null>(null);
  const current = [openId, reached].find((id) => traces.some((trace) => trace.id === id)) ?? traces[0]?.id;

  const walk = (event: KeyboardEvent<HTMLElement>) => {
    const at = traces.findIndex((trace) => trace.id === (reached ?? current));
    const to: Record<string, number> = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      PageDown: at + 10,
      PageUp: at - 10,
      Home: 0,
      End: traces.length - 1,
    };
    const wanted = to[event.key];
    if (wanted === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    const next = traces[Math.min(traces.length - 1, Math.max(0, wanted))];
    if (!next) return;
    event.preventDefault();
    setReached(next.id);
    body.current?.querySelector<HTMLElement>(`[data-id="${CSS.escape(next.id)}"]`)?.focus();
    if (openId) onOpen(next.id);
  };

  return (
    <table className="tr-table" style={{ "--grid": gridOf(axis) } as CSSProperties}>
      <caption className="sr-only">{t("tableCaption")}</caption>
      <colgroup>
        {COLUMNS.map(({ name, width }) => (
          <col key={name} style={{ width }} />
        ))}
        <col />
      </colgroup>
      <thead>
        <tr>
          {COLUMNS.map(({ name, right }) => (
            <th
              key={name}
              scope="col"
              className={right ? "r" : ""}
              aria-sort={name === "time" ? "descending" : undefined}
            >
              {t(`column.${name}`)}
              {name === "time" ? <span aria-hidden="true"> ↓</span> : null}
            </th>
          ))}
          <th scope="col" className="w">
            <span className="sr-only">{t("column.waterfall")}</span>
            <AxisHead axis={axis} />
          </th>
        </tr>
      </thead>
      <tbody ref={body} onKeyDown={walk}>
        {traces.map((trace) => (
          <TraceRow
            key={trace.id}
            trace={trace}
            axis={axis}
            now={trace.outcome === "live" ? now : 0}
            open={trace.id === openId}
            current={trace.id === current}
            onOpen={onOpen}
            onFocus={setReached}
          />
        ))}
      </tbody>
    </table>
  );
}
