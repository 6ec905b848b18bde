import { type KeyboardEvent, type RefObject, useCallback, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

export interface Anchor {
  id: string;
  /** Losses or findings; shown in rust. */
  lost?: number;
}

interface AnchorsProps {
  anchors: Anchor[];
  active: string;
  onGo: (id: string) => void;
}

/** Tabs that are anchors of one scroll: the whole request can still be read from top to bottom. */
export function Anchors({ anchors, active, onGo }: AnchorsProps) {
  const { t } = useTranslation("inspector");
  const nav = useRef<HTMLElement>(null);
  // On a phone the row of tabs is longer than the sheet is wide; the chosen one must be in sight.
  useEffect(() => {
    const row = nav.current;
    const tab = row?.querySelector<HTMLElement>(`[data-anchor="${active}"]`);
    if (!row || !tab) return;
    const [left, right] = [tab.offsetLeft - 16, tab.offsetLeft + tab.offsetWidth + 16];
    if (left < row.scrollLeft) row.scrollLeft = left;
    else if (right > row.scrollLeft + row.clientWidth) row.scrollLeft = right - row.clientWidth;
  }, [active]);
  const walk = (event: KeyboardEvent<HTMLElement>) => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (!step) return;
    const buttons = [...event.currentTarget.querySelectorAll("button")];
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
    const next = buttons[(at + step + buttons.length) % buttons.length];
    event.preventDefault();
    next?.focus();
    next?.click();
  };
  return (
    <nav ref={nav} className="insp-tabs" aria-label={t("sections")} onKeyDown={walk}>
      {anchors.map(({ id, lost }) => (
        <button
          key={id}
          type="button"
          data-anchor={id}
          aria-current={id === active ? "true" : undefined}
          onClick={() => onGo(id)}
        >
          {t(`section.${id}`)}
          {lost ? (
            <>
              <span className="insp-num" aria-hidden="true">
                {lost}
              </span>
              <span className="sr-only">
                {t(id === "parameters" ? "lostCount" : "findingCount", { count: lost })}
              </span>
            </>
          ) : null}
        </button>
      ))}
    </nav>
  );
}

const sectionsIn = (scroller: Element | null) => [
  ...(scroller?.querySelectorAll<HTMLElement>("[data-section]") ?? []),
];

/** Which section is being read, and a way to get to another. */
export function useAnchors(scroller: RefObject<HTMLElement | null>, first: string) {
  const [active, setActive] = useState(first);
  // A short section at the end cannot reach the top; the one that was asked for stays chosen until the
  // reader scrolls on.
  const held = useRef<number | null>(null);

  const onScroll = useCallback(() => {
    const box = scroller.current;
    if (!box || (held.current !== null && Math.abs(held.current - box.scrollTop) < 2)) return;
    const atEnd = box.scrollTop > 0 && box.scrollTop + box.clientHeight >= box.scrollHeight - 2;
    // What stands below became shorter and drew the end up with it; nobody scrolled.
    if (held.current !== null && atEnd && box.scrollTop < held.current) {
      held.current = box.scrollTop;
      return;
    }
    held.current = null;
    const top = box.getBoundingClientRect().top;
    const sections = sectionsIn(box);
    const read = sections.filter((section) => section.getBoundingClientRect().top - top < 32);
    const current = atEnd ? sections.at(-1) : (read.at(-1) ?? sections[0]);
    if (current?.dataset.section) setActive(current.dataset.section);
  }, [scroller]);

  const go = useCallback(
    (id: string) => {
      const section = sectionsIn(scroller.current).find((s) => s.dataset.section === id);
      const box = scroller.current;
      if (!section || !box) return;
      const by = section.getBoundingClientRect().top - box.getBoundingClientRect().top;
      box.scrollTop += by;
      held.current = box.scrollTop;
      setActive(id);
    },
    [scroller],
  );

  useEffect(() => {
    const box = scroller.current;
    box?.addEventListener("scroll", onScroll, { passive: true });
    return () => box?.removeEventListener("scroll", onScroll);
  }, [scroller, onScroll]);

  return { active, go };
}
