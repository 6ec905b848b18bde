import { AlignStartVertical, ArrowDown, ArrowUp, ChartNoAxesGantt } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Order, Sort } from "../api";
import { AxisHead } from "./Bars";
import { COLUMNS, type ColumnName } from "./columns";
import type { Axis, AxisMode } from "./waterfall";

interface HeadProps {
  shown: readonly ColumnName[];
  axis: Axis;
  onAxis: (mode: AxisMode) => void;
  sort: Sort;
  order: Order;
  /** Absent where the rows have an order of their own. */
  onSort?: (sort: Sort) => void;
}

/** The head of the table: a press sorts by a column, a second one the other way round. */
export function Head({ shown, axis, onAxis, sort, order, onSort }: HeadProps) {
  const { t } = useTranslation("traces");
  const other = axis.mode === "clock" ? "start" : "clock";
  const Icon = other === "start" ? AlignStartVertical : ChartNoAxesGantt;
  return (
    <thead>
      <tr aria-rowindex={1}>
        {shown.map((name) => {
          const column = COLUMNS[name];
          if (name === "waterfall")
            return (
              <th key={name} scope="col" className="w">
                <span className="sr-only">{t("column.waterfall")}</span>
                <AxisHead axis={axis} />
                <button
                  type="button"
                  className="tr-axis-mode"
                  aria-label={t(`axis.${other}`)}
                  title={t(`axis.hint.${axis.mode}`)}
                  onClick={() => onAxis(other)}
                >
                  <Icon size={12} strokeWidth={2} aria-hidden="true" />
                </button>
              </th>
            );
          const sorted = onSort && column.sort === sort;
          const Arrow = order === "asc" ? ArrowUp : ArrowDown;
          return (
            <th
              key={name}
              scope="col"
              className={`${column.right ? "r" : ""} ${name === "mark" ? "mk" : ""}`}
              aria-sort={sorted ? (order === "asc" ? "ascending" : "descending") : undefined}
            >
              {column.sort && onSort ? (
                <button
                  type="button"
                  className="tr-sort"
                  aria-pressed={sorted}
                  onClick={() => column.sort && onSort(column.sort)}
                >
                  {t(`column.${name}`)}
                  {sorted ? <Arrow size={11} strokeWidth={2} aria-hidden="true" /> : null}
                </button>
              ) : (
                t(`column.${name}`)
              )}
            </th>
          );
        })}
      </tr>
    </thead>
  );
}
