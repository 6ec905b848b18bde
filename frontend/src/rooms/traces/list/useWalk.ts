import { type KeyboardEvent, type RefObject, useCallback, useEffect, useLayoutEffect, useRef } from "react";
import { type Item, isStop } from "./items";
import { rowAt } from "./window";

/** The height of the sticky head. */
export const HEAD = 27;

interface Walk {
  scroller: RefObject<HTMLElement | null>;
  items: readonly Item[];
  offsets: Float64Array;
  current: string | undefined;
  onReach: (item: Item) => void;
}

/** Arrows, Page keys, Home and End over rows of which only those in sight exist. */
export function useWalk(walk: Walk) {
  const last = useRef(walk);
  last.current = walk;
  const wanted = useRef<string | null>(null);
  useFocusThatStays(walk.scroller);

  // The row that was asked for may have come into being with this drawing.
  useLayoutEffect(() => {
    if (!wanted.current) return;
    const row = rowOf(walk.scroller.current, wanted.current);
    if (!row) return;
    wanted.current = null;
    row.focus({ preventScroll: true });
  });

  const show = useCallback((id: string, focus: boolean) => {
    const { scroller, items, offsets } = last.current;
    const element = scroller.current;
    const at = items.findIndex((item) => item.id === id);
    if (!element || at < 0) return;
    const top = offsets[at] ?? 0;
    const bottom = (offsets[at + 1] ?? top) + HEAD;
    if (top < element.scrollTop) element.scrollTop = top;
    else if (bottom > element.scrollTop + element.clientHeight)
      element.scrollTop = bottom - element.clientHeight;
    if (!focus) return;
    const row = rowOf(element, id);
    if (row) row.focus({ preventScroll: true });
    else wanted.current = id;
  }, []);

  /** Goes so many stops on; false at an end. */
  const step = useCallback(
    (by: number, focus: boolean): boolean => {
      const { items, current, onReach } = last.current;
      const stops = items.filter(isStop);
      const at = stops.findIndex((item) => item.id === current);
      const next = stops[Math.min(stops.length - 1, Math.max(0, at + by))];
      if (!next || next.id === current) return false;
      onReach(next);
      show(next.id, focus);
      return true;
    },
    [show],
  );

  const onKeyDown = useCallback(
    (event: KeyboardEvent<HTMLElement>) => {
      if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
      const page = Math.max(1, Math.floor((last.current.scroller.current?.clientHeight ?? 280) / 28) - 2);
      const by: Record<string, number> = {
        ArrowDown: 1,
        ArrowUp: -1,
        PageDown: page,
        PageUp: -page,
        Home: Number.NEGATIVE_INFINITY,
        End: Number.POSITIVE_INFINITY,
      };
      const steps = by[event.key];
      if (steps === undefined) return;
      event.preventDefault();
      step(steps, true);
    },
    [step],
  );
  return { onKeyDown, show, step };
}

function rowOf(scroller: HTMLElement | null, id: string): HTMLElement | undefined {
  const rows = scroller?.querySelectorAll<HTMLElement>("tr[data-id]") ?? [];
  return [...rows].find((row) => row.dataset.id === id);
}

/** A focused row that scrolls out of sight ceases to be; the list keeps the focus in its place. */
function useFocusThatStays(scroller: RefObject<HTMLElement | null>): void {
  const inside = useRef(false);
  useEffect(() => {
    const moved = (event: FocusEvent) => {
      inside.current = scroller.current?.contains(event.target as Node) ?? false;
    };
    const pressed = (event: globalThis.PointerEvent) => {
      if (!scroller.current?.contains(event.target as Node)) inside.current = false;
    };
    document.addEventListener("focusin", moved);
    document.addEventListener("pointerdown", pressed);
    return () => {
      document.removeEventListener("focusin", moved);
      document.removeEventListener("pointerdown", pressed);
    };
  }, [scroller]);
  useLayoutEffect(() => {
    if (inside.current && document.activeElement === document.body)
      scroller.current?.focus({ preventScroll: true });
  });
}

/** What is being read stays where it is when rows come or go above it. */
export function useStillness(
  scroller: RefObject<HTMLElement | null>,
  items: readonly Item[],
  offsets: Float64Array,
  listing: string,
): void {
  const anchor = useRef<{ id: string; from: number } | null>(null);
  const now = useRef({ items, offsets });
  now.current = { items, offsets };

  // biome-ignore lint/correctness/useExhaustiveDependencies: another list is read from its top
  useLayoutEffect(() => {
    anchor.current = null;
    if (scroller.current) scroller.current.scrollTop = 0;
  }, [listing]);

  useLayoutEffect(() => {
    const element = scroller.current;
    const held = anchor.current;
    // At the top the list follows what comes in.
    if (!element || !held || element.scrollTop < 4) return;
    const at = items.findIndex((item) => item.id === held.id);
    if (at < 0) return;
    const top = (offsets[at] ?? 0) - held.from;
    if (Math.abs(top - element.scrollTop) > 0.5) element.scrollTop = top;
  }, [items, offsets, scroller]);

  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const note = () => {
      const at = rowAt(now.current.offsets, element.scrollTop);
      const item = now.current.items[at];
      anchor.current = item
        ? { id: item.id, from: (now.current.offsets[at] ?? 0) - element.scrollTop }
        : null;
    };
    element.addEventListener("scroll", note, { passive: true });
    return () => element.removeEventListener("scroll", note);
  }, [scroller]);
}
