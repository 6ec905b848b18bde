import { type KeyboardEvent, lazy, type PointerEvent, Suspense, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import {
  DOCK_LEAST,
  DOCK_MOST,
  INSPECTOR_LEAST,
  INSPECTOR_MOST,
  type Layout,
  setDockHeight,
  setInspectorWidth,
  usePage,
} from "../../app/page-state";
import { Skeleton } from "../../ui/Skeleton";

const Inspector = lazy(() => import("../../inspector/Inspector"));

interface DockProps {
  traceId: string;
  layout: Layout;
  /** An answer on the page belongs to this trace; the vein ties them. */
  tied: boolean;
  onClose: () => void;
}

/** The surface of the inspector: at the right, below on tablets, a sheet with stops on phones. */
export function Dock({ traceId, layout, tied, onClose }: DockProps) {
  const { t } = useTranslation("chat");
  const width = usePage((state) => state.inspector);
  const height = usePage((state) => state.dockHeight);
  const side = usePage((state) => state.dock);
  const [stop, setStop] = useState(65);
  const surface = useRef<HTMLElement>(null);
  const phone = layout === "phone";
  const right = (layout === "laptop" || layout === "wide") && side === "right";

  // On a phone the sheet covers what was touched, so the focus goes with it.
  useEffect(() => {
    if (phone) surface.current?.focus({ preventScroll: true });
  }, [phone]);

  const pressed = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    event.preventDefault();
    onClose();
  };
  return (
    <aside
      ref={surface}
      className="dock"
      data-testid="inspector"
      data-at={phone ? "sheet" : right ? "right" : "bottom"}
      data-tied={tied}
      aria-label={t("inspector")}
      tabIndex={-1}
      style={phone ? { height: `${stop}dvh` } : right ? { width } : { height: `${height}%` }}
      onKeyDown={pressed}
    >
      {right ? <Edge width={width} /> : phone ? null : <TopEdge height={height} />}
      {phone ? <Grip stop={stop} onStop={setStop} onClose={onClose} /> : null}
      <div className="dock-body">
        <Suspense fallback={<Skeleton rows={6} />}>
          <Inspector traceId={traceId} onClose={onClose} tied={tied} />
        </Suspense>
      </div>
    </aside>
  );
}

/** The edge to pull; arrows move it for those without a pointer. */
function Edge({ width }: { width: number }) {
  const { t } = useTranslation("chat");
  const start = useRef<{ x: number; width: number } | null>(null);
  const drag = (event: PointerEvent) => {
    if (start.current) setInspectorWidth(start.current.width + start.current.x - event.clientX);
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a separator that moves is no line
    <div
      role="separator"
      aria-orientation="vertical"
      aria-label={t("inspectorWidth")}
      aria-valuenow={width}
      aria-valuemin={INSPECTOR_LEAST}
      aria-valuemax={INSPECTOR_MOST}
      tabIndex={0}
      className="dock-edge"
      onPointerDown={(event) => {
        start.current = { x: event.clientX, width };
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={drag}
      onPointerUp={() => {
        start.current = null;
      }}
      onKeyDown={(event) => {
        const by = event.key === "ArrowLeft" ? 16 : event.key === "ArrowRight" ? -16 : 0;
        if (by) setInspectorWidth(width + by);
      }}
    />
  );
}

/** The upper edge, where the sheet stands at the bottom. */
function TopEdge({ height }: { height: number }) {
  const { t } = useTranslation("chat");
  const start = useRef<{ y: number; height: number } | null>(null);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a separator that moves is no line
    <div
      role="separator"
      aria-orientation="horizontal"
      aria-label={t("inspectorHeight")}
      aria-valuenow={height}
      aria-valuemin={DOCK_LEAST}
      aria-valuemax={DOCK_MOST}
      tabIndex={0}
      className="dock-edge"
      data-top=""
      onPointerDown={(event) => {
        start.current = { y: event.clientY, height };
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={(event) => {
        if (!start.current) return;
        const by = ((start.current.y - event.clientY) / window.innerHeight) * 100;
        setDockHeight(start.current.height + by);
      }}
      onPointerUp={() => {
        start.current = null;
      }}
      onKeyDown={(event) => {
        const by = event.key === "ArrowUp" ? 3 : event.key === "ArrowDown" ? -3 : 0;
        if (by) setDockHeight(height + by);
      }}
    />
  );
}

const STOPS = [30, 65, 100];

/** The grip of the phone's sheet: pulled, it goes to the nearest stop; below the lowest it closes. */
function Grip({
  stop,
  onStop,
  onClose,
}: {
  stop: number;
  onStop: (stop: number) => void;
  onClose: () => void;
}) {
  const { t } = useTranslation("chat");
  const start = useRef<{ y: number; stop: number } | null>(null);
  const moved = useRef(false);
  const end = () => {
    if (!start.current) return;
    start.current = null;
    if (stop < 18) return onClose();
    onStop(
      STOPS.reduce((near, candidate) =>
        Math.abs(candidate - stop) < Math.abs(near - stop) ? candidate : near,
      ),
    );
  };
  return (
    <button
      type="button"
      className="dock-grip"
      aria-label={t("inspectorHeight")}
      onClick={() => moved.current || onStop(STOPS[(STOPS.indexOf(stop) + 1) % STOPS.length] ?? 65)}
      onPointerDown={(event) => {
        start.current = { y: event.clientY, stop };
        moved.current = false;
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={(event) => {
        if (!start.current) return;
        const by = ((start.current.y - event.clientY) / window.innerHeight) * 100;
        if (Math.abs(by) > 1) moved.current = true;
        if (moved.current) onStop(Math.min(100, Math.max(8, start.current.stop + by)));
      }}
      onPointerUp={end}
      onPointerCancel={end}
    >
      <span />
    </button>
  );
}
