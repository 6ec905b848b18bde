import { type RefObject, useEffect } from "react";
import { isWriting } from "../app/keys";
import type { Anchor } from "./Anchors";

/** The section that a key means: a digit by its place, a bracket the one beside; null for any other. Pure. */
export function sectionFor(key: string, anchors: readonly Anchor[], active: string): string | null {
  if (/^[1-9]$/.test(key)) return anchors[Number(key) - 1]?.id ?? null;
  const step = key === "]" ? 1 : key === "[" ? -1 : 0;
  if (!step) return null;
  const at = anchors.findIndex(({ id }) => id === active);
  return anchors[at + step]?.id ?? null;
}

/** Digits and brackets move between the sections while nothing is written and no dialog is open. */
export function useSectionKeys(
  sheet: RefObject<HTMLElement | null>,
  anchors: readonly Anchor[],
  active: string,
  go: (id: string) => void,
): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing) return;
      // On a Spanish keyboard the brackets need AltGr, which is Control and Alt on Windows.
      const modified = event.altKey || event.ctrlKey || event.metaKey;
      if (modified && !event.getModifierState("AltGraph")) return;
      if (isWriting(event.target)) return;
      if (event.target instanceof Element && event.target.closest("[role=dialog], [role=menu]")) return;
      if (event.key.toLowerCase() === "w") {
        event.preventDefault();
        sheet.current?.querySelector<HTMLElement>("[data-testid=inspector-full]")?.click();
        return;
      }
      const section = sectionFor(event.key, anchors, active);
      if (!section) return;
      event.preventDefault();
      go(section);
    };
    window.addEventListener("keydown", pressed);
    return () => window.removeEventListener("keydown", pressed);
  }, [sheet, anchors, active, go]);
}
