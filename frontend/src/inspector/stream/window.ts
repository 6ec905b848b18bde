import { type RefObject, useCallback, useLayoutEffect, useState } from "react";

/** Rows above and below what is seen, so that a quick turn of the wheel shows no gap. */
const MARGIN = 8;

export interface Shown {
  from: number;
  to: number;
}

/** Which of `total` rows of one height lie in a box that is scrolled. Pure. */
export function rowsInView(top: number, box: number, height: number, total: number): Shown {
  const from = Math.max(0, Math.floor(top / height) - MARGIN);
  const to = Math.min(total, Math.ceil((top + box) / height) + MARGIN);
  return { from: Math.min(from, Math.max(0, total - 1)), to };
}

/** The rows to draw in a box that scrolls; the others are only as high as they would be. */
export function useRowsInView(box: RefObject<HTMLElement | null>, height: number, total: number) {
  const [view, setView] = useState({ top: 0, box: 400 });
  const look = useCallback(() => {
    const element = box.current;
    if (element) setView({ top: element.scrollTop, box: element.clientHeight || 400 });
  }, [box]);
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    look();
    element.addEventListener("scroll", look, { passive: true });
    const observer = typeof ResizeObserver === "undefined" ? null : new ResizeObserver(look);
    observer?.observe(element);
    return () => {
      element.removeEventListener("scroll", look);
      observer?.disconnect();
    };
  }, [box, look]);
  const reveal = useCallback(
    (row: number) => {
      const element = box.current;
      if (!element) return;
      const seen = element.clientHeight || 400;
      const [from, to] = [row * height, (row + 1) * height];
      if (from < element.scrollTop) element.scrollTop = from;
      else if (to > element.scrollTop + seen) element.scrollTop = to - seen;
    },
    [box, height],
  );
  return { ...rowsInView(view.top, view.box, height, total), reveal };
}
