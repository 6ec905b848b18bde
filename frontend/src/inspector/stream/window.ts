import { type RefObject, useCallback } from "react";
import { useSight } from "../../ui/sight";

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
  const sight = useSight(box);
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
  return { ...rowsInView(sight.top, sight.height, height, total), reveal };
}
