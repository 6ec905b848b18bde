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
      const whole = box.getBoundingClientRect();
      const seen = talk.getBoundingClientRect();
      const y = from ? from.top + from.height / 2 : 0;
      if (!from || y < seen.top || y > seen.bottom) {
        drawn.style.visibility = "hidden";
        return;
      }
      drawn.style.visibility = "visible";
      drawn.style.transform = `translate(${from.right - whole.left}px, ${Math.round(y - whole.top)}px)`;
      drawn.style.width = `${Math.max(0, whole.right - from.right)}px`;
    };
    const soon = () => {
      frame ||= requestAnimationFrame(place);
    };
    place();
    const resized = new ResizeObserver(soon);
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
