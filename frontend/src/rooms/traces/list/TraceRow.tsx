import { memo } from "react";
import type { ListedTrace } from "../api";
import { TraceBars } from "./Bars";
import { Cell, classOf, titleOf } from "./cells";
import { COLUMNS, type ColumnName } from "./columns";
import type { Axis } from "./waterfall";

export interface TraceRowProps {
  trace: ListedTrace;
  shown: readonly ColumnName[];
  axis: Axis;
  /** Moves only while the trace lives, so that settled rows are not drawn again. */
  now: number;
  open: boolean;
  /** The row that the arrows have reached. */
  current: boolean;
  /** Stands in a group. */
  inside: boolean;
  /** Its place in the whole table, the head being 1. */
  place: number;
  onOpen: (id: string) => void;
}

export const TraceRow = memo(function TraceRow(props: TraceRowProps) {
  const { trace, shown, axis, now, open, current, inside, place, onOpen } = props;
  return (
    <tr
      data-testid="trace-row"
      data-id={trace.id}
      data-open={open || undefined}
      data-inside={inside || undefined}
      data-failed={trace.outcome === "failed" || undefined}
      aria-current={open || undefined}
      aria-rowindex={place}
      tabIndex={current ? 0 : -1}
      onClick={() => onOpen(trace.id)}
      onKeyDown={(event) => {
        if (event.key === "Enter" && event.target === event.currentTarget) onOpen(trace.id);
      }}
    >
      {shown.map((name) =>
        name === "waterfall" ? (
          <td key={name} className="w">
            <TraceBars trace={trace} axis={axis} now={now} />
          </td>
        ) : (
          <td key={name} className={classOf(name, COLUMNS[name].right)} title={titleOf(name, trace)}>
            <Cell name={name} trace={trace} now={now} reach={current} />
          </td>
        ),
      )}
    </tr>
  );
});
