import { useCallback, useState } from "react";
import type { View } from "./dashboard/Dashboard";
import { keep, kept } from "./kept";
import { type ColumnName, readColumns, SHOWN_FIRST } from "./list/columns";

/** What a reader has chosen of the room's looks; kept in this browser. */
export function useChoices() {
  const [shown, setShown] = useState(() => readColumns(kept("columns")));
  const [view, setView] = useState<View>(() => {
    const last = kept("view");
    return last === "charts" || last === "table" ? last : "strip";
  });
  const [by, setBy] = useState<"model" | "endpoint">(() =>
    kept("by") === "endpoint" ? "endpoint" : "model",
  );
  return {
    shown,
    view,
    by,
    setShown: useCallback((next: ColumnName[]) => {
      setShown(next);
      keep("columns", next.join() === SHOWN_FIRST.join() ? null : next.join());
    }, []),
    setView: useCallback((next: View) => {
      setView(next);
      keep("view", next === "strip" ? null : next);
    }, []),
    setBy: useCallback((next: "model" | "endpoint") => {
      setBy(next);
      keep("by", next === "model" ? null : next);
    }, []),
  };
}
