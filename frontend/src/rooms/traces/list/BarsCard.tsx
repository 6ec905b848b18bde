import { type PointerEvent, useCallback, useState } from "react";
import { useTranslation } from "react-i18next";
import { duration } from "../../../format";
import { STRATUM, sumByKind } from "../../../inspector/phases";
import type { ListedTrace } from "../api";
import { barsOf, endOfTrace } from "./waterfall";

interface Pointed {
  trace: ListedTrace;
  x: number;
  y: number;
}

/** Which bars the pointer rests on. */
export function usePointedBars(find: (id: string) => ListedTrace | undefined) {
  const [pointed, setPointed] = useState<Pointed | null>(null);
  const onPointerMove = useCallback(
    (event: PointerEvent) => {
      const target = event.target as Element;
      const id = target.closest(".tr-bars") ? target.closest("tr")?.getAttribute("data-id") : null;
      const trace = id && event.pointerType === "mouse" ? find(id) : undefined;
      if (!trace) return setPointed((old) => (old === null ? old : null));
      setPointed({ trace, x: event.clientX, y: event.clientY });
    },
    [find],
  );
  const onPointerLeave = useCallback(() => setPointed(null), []);
  return { pointed, onPointerMove, onPointerLeave };
}

const WIDTH = 220;

/** What a turn spent its time on, at the pointer; the row itself says the same to a reader of its text. */
export function BarsCard({ pointed: { trace, x, y }, now }: { pointed: Pointed; now: number }) {
  const { t } = useTranslation("inspector");
  const { t: own } = useTranslation("traces");
  const total = endOfTrace(trace, now);
  const sums = sumByKind(barsOf(trace, { mode: "start", from: 0, span: Math.max(total, 0.001) }, now));
  const left = Math.min(x + 14, window.innerWidth - WIDTH - 12);
  const below = y < window.innerHeight - 190;
  return (
    <div
      className="tr-card float"
      aria-hidden="true"
      style={{ left, width: WIDTH, ...(below ? { top: y + 16 } : { bottom: window.innerHeight - y + 12 }) }}
    >
      {sums.map(({ kind, seconds }) => (
        <p key={kind}>
          <i className="sw" data-s={kind === "stall" ? 6 : STRATUM[kind]} />
          <span>{kind === "queue" ? own("queueOrEarlier") : t(`phase.${kind}`)}</span>
          <b className="mono">{duration(seconds)}</b>
        </p>
      ))}
      <p className="sum">
        <span />
        <span>{own("column.total")}</span>
        <b className="mono">{duration(total)}</b>
      </p>
    </div>
  );
}
