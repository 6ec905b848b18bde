import { SlidersHorizontal } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../../../ui/Button";
import { Sheet } from "../../../ui/Sheet";
import { firstOrder } from "../address";
import { GROUPINGS, type Grouping, type Order, SORTS, type Sort } from "../api";
import { Marked } from "../filter/Marked";
import { hasTerm, tokensOf, withoutTerm, withTerm } from "../filter/terms";

interface PhoneFilterProps {
  q: string;
  onFilter: (q: string) => void;
  sort: Sort;
  order: Order;
  onSort: (sort: Sort, order: Order) => void;
  by: Grouping | undefined;
  onBy: (by: Grouping | undefined) => void;
  figure: string;
  /** The box in which the filter is written. */
  box: ReactNode;
  /** What stands beside the button: live, more. */
  children: ReactNode;
}

/** The terms that are wanted most, to be touched instead of written. */
const QUICK: readonly [string, string][] = [
  ["is", "failed"],
  ["is", "live"],
  ["has", "tools"],
  ["has", "retry"],
  ["caller", "chat"],
  ["caller", "gateway"],
  ["since", "1h"],
  ["since", "24h"],
];

/** Filter, order and groups on a phone: one line, and a sheet behind it. */
export function PhoneFilter(props: PhoneFilterProps) {
  const { q, onFilter, sort, order, onSort, by, onBy } = props;
  const { t } = useTranslation("traces");
  const [open, setOpen] = useState(false);
  const terms = tokensOf(q).length;
  return (
    <div className="tr-phone-bar">
      <button
        type="button"
        className="tr-phone-filter"
        data-testid="filter-button"
        onClick={() => setOpen(true)}
      >
        <SlidersHorizontal size={16} strokeWidth={1.75} aria-hidden="true" />
        {terms ? (
          <span className="tr-q-back cut">
            <Marked text={q} fault={null} />
          </span>
        ) : (
          <span>{t("filterAndOrder")}</span>
        )}
        <span className="mono text-ink-3" role="status">
          {props.figure}
        </span>
      </button>
      {props.children}
      <Sheet
        from="bottom"
        open={open}
        onOpenChange={setOpen}
        label={t("filterAndOrder")}
        className="tr-sheet tr-filter-sheet"
      >
        {props.box}
        <fieldset className="tr-quick" aria-label={t("quick")}>
          {QUICK.map(([key, value]) => {
            const on = hasTerm(q, key, value);
            return (
              <Button
                key={`${key}:${value}`}
                aria-pressed={on}
                onClick={() => onFilter(on ? withoutTerm(q, key, value) : withTerm(q, key, value))}
              >
                <code>
                  {key}:{value}
                </code>
              </Button>
            );
          })}
        </fieldset>
        <Select
          label={t("sort.label")}
          value={`${sort} ${order}`}
          options={SORTS.flatMap((each) => {
            const first = firstOrder(each);
            return [first, first === "asc" ? "desc" : "asc"].map((way) => ({
              value: `${each} ${way}`,
              text: `${t(`sort.${each}`)}, ${t(`sort.${way as Order}`)}`,
            }));
          })}
          onChange={(value) => {
            const [to, way] = value.split(" ") as [Sort, Order];
            onSort(to, way);
          }}
        />
        <Select
          label={t("group.by")}
          value={by ?? "time"}
          options={["time" as const, ...GROUPINGS].map((each) => ({ value: each, text: t(`group.${each}`) }))}
          onChange={(value) => onBy(value === "time" ? undefined : (value as Grouping))}
        />
        <div className="flex justify-between">
          <Button kind="bare" disabled={!q} onClick={() => onFilter("")}>
            {t("clear")}
          </Button>
          <Button onClick={() => setOpen(false)}>{t("showTraces", { figure: props.figure })}</Button>
        </div>
      </Sheet>
    </div>
  );
}

interface SelectProps {
  label: string;
  value: string;
  options: { value: string; text: string }[];
  onChange: (value: string) => void;
}

function Select({ label, value, options, onChange }: SelectProps) {
  return (
    <label className="tr-select">
      <span className="text-ink-3">{label}</span>
      <span className="field">
        <select value={value} onChange={(event) => onChange(event.target.value)}>
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.text}
            </option>
          ))}
        </select>
      </span>
    </label>
  );
}
