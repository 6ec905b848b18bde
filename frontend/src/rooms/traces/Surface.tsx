import {
  type CSSProperties,
  type KeyboardEvent,
  type PointerEvent,
  type ReactNode,
  useRef,
  useState,
} from "react";
import { useTranslation } from "react-i18next";
import { DOCK_LEAST, DOCK_MOST, type Layout, setDockHeight, usePage } from "../../app/page-state";
import { Sheet } from "../../ui/Sheet";
import { keep, kept } from "./kept";

/** Where the inspector lies beside the list, and how much of the room it takes, in percent. */
export interface Split {
  at: "right" | "bottom" | "sheet";
  part: number;
  setPart: (part: number) => void;
}

const LEAST = 30;
const MOST = 75;

/** At the right or, where that was chosen or there is no room, at the bottom; on a phone a sheet. */
export function useSplit(layout: Layout): Split {
  const side = usePage((state) => state.dock);
  const height = usePage((state) => state.dockHeight);
  const [width, setWidth] = useState(() => within(Number(kept("split")) || 50));
  if (layout === "phone") return { at: "sheet", part: 100, setPart: () => undefined };
  if (layout === "tablet" || side === "bottom") return { at: "bottom", part: height, setPart: setDockHeight };
  return {
    at: "right",
    part: width,
    setPart: (part) => {
      setWidth(within(part));
      keep("split", String(within(part)));
    },
  };
}

const within = (part: number) => Math.round(Math.min(MOST, Math.max(LEAST, part)));

/** What the room needs to know to make place. */
export const splitStyle = ({ at, part }: Split): CSSProperties =>
  at === "sheet" ? {} : ({ "--part": `${part}%` } as CSSProperties);

interface SurfaceProps {
  split: Split;
  open: boolean;
  onClose: () => void;
  children: ReactNode;
}

export function Surface({ split, open, onClose, children }: SurfaceProps) {
  const { t } = useTranslation("traces");
  if (split.at === "sheet")
    return (
      <Sheet
        from="bottom"
        open={open}
        onOpenChange={(next) => next || onClose()}
        label={t("inspector")}
        className="tr-sheet"
      >
        {children}
      </Sheet>
    );
  if (!open) return null;
  return (
    <aside className="tr-aside" aria-label={t("inspector")} data-testid="inspector">
      <Edge split={split} />
      {children}
    </aside>
  );
}

/** The edge to pull; arrows move it for those without a pointer. */
function Edge({ split: { at, part, setPart } }: { split: Split }) {
  const { t } = useTranslation("chat");
  const pulled = useRef(false);
  const right = at === "right";
  const pull = (event: PointerEvent<HTMLElement>) => {
    const room = event.currentTarget.closest(".tr-room")?.getBoundingClientRect();
    if (!pulled.current || !room) return;
    const share = right
      ? (room.right - event.clientX) / room.width
      : (room.bottom - event.clientY) / room.height;
    setPart(share * 100);
  };
  const pressed = (event: KeyboardEvent) => {
    const by = { [right ? "ArrowLeft" : "ArrowUp"]: 2, [right ? "ArrowRight" : "ArrowDown"]: -2 }[event.key];
    if (!by || event.altKey) return;
    event.preventDefault();
    setPart(part + by);
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a separator that moves is no line
    <div
      role="separator"
      aria-orientation={right ? "vertical" : "horizontal"}
      aria-label={t(right ? "inspectorWidth" : "inspectorHeight")}
      aria-valuenow={part}
      aria-valuemin={right ? LEAST : DOCK_LEAST}
      aria-valuemax={right ? MOST : DOCK_MOST}
      tabIndex={0}
      className="dock-edge"
      data-top={right ? undefined : ""}
      onPointerDown={(event) => {
        pulled.current = true;
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={pull}
      onPointerUp={() => {
        pulled.current = false;
      }}
      onPointerCancel={() => {
        pulled.current = false;
      }}
      onKeyDown={pressed}
    />
  );
}
