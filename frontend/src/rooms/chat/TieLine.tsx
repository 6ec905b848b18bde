import { type RefObject, useLayoutEffect, useRef } from "react";

/**
 * The vein from an answer's chip to the sheet beside it. It is measured, not laid out: the transcript
 * clips what leaves it, and its scroll bar stands between the two.
 */
export function TieLine({ pane, trace }: { pane: RefObject<HTMLElement | null>; trace: string }) {
  const line = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const box = pane.current;
    const talk = box?.querySelector<HTMLElement>(".talk");
    if (!box || !talk) return;
    let frame = 0;
    const place = () => {
      frame = 0;
      const drawn = line.current;
      if (!drawn) return;
      const chip = talk.querySelector(`.chip[data-trace-id="${CSS.escape(trace)}"]`);
      const from = chip?.getBoundingClientRect();
      // The chip grows when the answer ends, without a change of what is around it.
      if (chip) resized.observe(chip);
      const end = chip && from ? endOf(chip, from) : 0;
      const whole = box.getBoundingClientRect();
      const seen = talk.getBoundingClientRect();
      const y = from ? from.top + from.height / 2 : 0;
      if (!from || y < seen.top || y > seen.bottom) {
        drawn.style.visibility = "hidden";
        return;
      }
      drawn.style.visibility = "visible";
      drawn.style.transform = `translate(${end - whole.left}px, ${Math.round(y - whole.top)}px)`;
      drawn.style.width = `${Math.max(0, whole.right - end)}px`;
    };
    const soon = () => {
      frame ||= requestAnimationFrame(place);
    };
    const resized = new ResizeObserver(soon);
    place();
    resized.observe(box);
    for (const inner of talk.children) resized.observe(inner);
    talk.addEventListener("scroll", soon, { passive: true });
    return () => {
      cancelAnimationFrame(frame);
      resized.disconnect();
      talk.removeEventListener("scroll", soon);
    };
  }, [pane, trace]);
  return <div ref={line} className="tie" aria-hidden="true" />;
}

/** The right end of the chip's line: its marks stand behind it, where they have not gone below. */
function endOf(chip: Element, from: DOMRect): number {
  const beside = [...(chip.parentElement?.children ?? [])].map((one) => one.getBoundingClientRect());
  const inLine = beside.filter((one) => one.top < from.bottom && one.bottom > from.top);
  return Math.max(from.right, ...inLine.map((one) => one.right + 4));
}
