import type { ReactNode } from "react";
import i18n from "../../../i18n";
import { useFilterBy } from "./by";

interface ValueProps {
  /** The key of the term that a press adds. */
  by: string;
  value: string;
  /** Whether Tab reaches it; in a list only the row that the arrows have reached lets it. */
  reach?: boolean;
  className?: string;
  children: ReactNode;
}

/** A value that leads to the traces that have it too; with Alt, to those that do not. */
export function Value({ by, value, reach = true, className = "", children }: ValueProps) {
  const filterBy = useFilterBy();
  return (
    <button
      type="button"
      className={`tr-val ${className}`}
      tabIndex={reach ? undefined : -1}
      // Made when it is wanted: a list has hundreds of these.
      onPointerEnter={(event) => {
        event.currentTarget.title = i18n.t("traces:valueHint", { term: `${by}:${value}` });
      }}
      onClick={(event) => {
        event.stopPropagation();
        filterBy(by, value, event.altKey);
      }}
    >
      {children}
    </button>
  );
}
