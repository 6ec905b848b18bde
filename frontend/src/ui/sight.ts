import { type RefObject, useLayoutEffect, useState } from "react";

export interface Sight {
  top: number;
  height: number;
}

/** What of a scroller is in sight; steps of half a row are enough to draw by. */
export function useSight(scroller: RefObject<HTMLElement | null>, step = 14): Sight {
  const [sight, setSight] = useState<Sight>({ top: 0, height: 900 });
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const look = () => {
      const top = Math.floor(element.scrollTop / step) * step;
      const height = element.clientHeight || 900;
      setSight((old) => (old.top === top && old.height === height ? old : { top, height }));
    };
    look();
    element.addEventListener("scroll", look, { passive: true });
    const observer = typeof ResizeObserver === "undefined" ? null : new ResizeObserver(look);
    observer?.observe(element);
    return () => {
      element.removeEventListener("scroll", look);
      observer?.disconnect();
    };
  }, [scroller, step]);
  return sight;
}
