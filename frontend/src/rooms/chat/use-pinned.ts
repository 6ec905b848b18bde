import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";

// Zoomed pages have fractions of pixels; this is still the true bottom.
const BOTTOM = 3;

/**
 * Follows what grows while the reader is at the bottom. Any movement upward lets go at once; only the
 * true bottom or the button takes hold again. Scroll events alone decide nothing: content that shrinks
 * and boxes that scroll inside make them too.
 */
export function usePinned(scroller: RefObject<HTMLElement | null>, content: RefObject<HTMLElement | null>) {
  const pinned = useRef(true);
  const [atBottom, setAtBottom] = useState(true);

  const set = useCallback((to: boolean) => {
    pinned.current = to;
    setAtBottom(to);
  }, []);

  const toBottom = useCallback(() => {
    set(true);
    const box = scroller.current;
    if (box) box.scrollTop = box.scrollHeight;
  }, [scroller, set]);

  useLayoutEffect(() => {
    const box = scroller.current;
    const inner = content.current;
    if (!box || !inner) return;
    const follow = new ResizeObserver(() => {
      if (pinned.current) box.scrollTop = box.scrollHeight;
    });
    follow.observe(inner);
    follow.observe(box);
    return () => follow.disconnect();
  }, [scroller, content]);

  useEffect(() => {
    const box = scroller.current;
    if (!box) return;
    let dragging = false;
    let touched = 0;
    let before = box.scrollTop;
    const release = () => {
      if (box.scrollHeight > box.clientHeight + BOTTOM) set(false);
    };
    const wheel = (event: WheelEvent) => {
      if (event.deltaY < 0 && !scrollsInside(event.target, box)) release();
    };
    const touchStart = (event: TouchEvent) => {
      touched = event.touches[0]?.clientY ?? 0;
    };
    const touchMove = (event: TouchEvent) => {
      const y = event.touches[0]?.clientY ?? 0;
      if (y > touched + 2 && !scrollsInside(event.target, box)) release();
      touched = y;
    };
    const key = (event: KeyboardEvent) => {
      if (event.key === "PageUp" || event.key === "Home" || (event.key === "ArrowUp" && event.target === box))
        release();
    };
    // On the scroll bar itself the pointer's target is the box.
    const down = (event: PointerEvent) => {
      dragging = event.target === box;
    };
    const up = () => {
      dragging = false;
    };
    const scroll = () => {
      if (dragging && box.scrollTop < before) release();
      before = box.scrollTop;
      const bottom = box.scrollHeight - box.clientHeight - box.scrollTop <= BOTTOM;
      if (bottom && !pinned.current) set(true);
    };
    const passive = { passive: true } as const;
    box.addEventListener("wheel", wheel, passive);
    box.addEventListener("touchstart", touchStart, passive);
    box.addEventListener("touchmove", touchMove, passive);
    box.addEventListener("keydown", key);
    box.addEventListener("pointerdown", down);
    window.addEventListener("pointerup", up);
    box.addEventListener("scroll", scroll, passive);
    return () => {
      box.removeEventListener("wheel", wheel);
      box.removeEventListener("touchstart", touchStart);
      box.removeEventListener("touchmove", touchMove);
      box.removeEventListener("keydown", key);
      box.removeEventListener("pointerdown", down);
      window.removeEventListener("pointerup", up);
      box.removeEventListener("scroll", scroll);
    };
  }, [scroller, set]);

  return { atBottom, toBottom, release: useCallback(() => set(false), [set]) };
}

/** Whether a box between the target and the transcript would take an upward movement itself. */
function scrollsInside(target: EventTarget | null, box: HTMLElement): boolean {
  for (let at = target instanceof Element ? target : null; at && at !== box; at = at.parentElement)
    if (at.scrollTop > 0) return true;
  return false;
}
