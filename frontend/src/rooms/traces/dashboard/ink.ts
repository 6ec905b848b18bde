/** Colours and patterns of the design language for a canvas, which knows neither variables nor gradients. */

import { useEffect, useState } from "react";

/** A colour as the page shows it now; `light-dark()` is resolved by asking an element that wears it. */
export function colourOf(variable: string): string {
  const probe = document.createElement("i");
  probe.style.color = `var(${variable})`;
  document.body.append(probe);
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour || "#777";
}

/** Counts up whenever the theme changes, so that what is painted is painted anew. */
export function useTheme(): number {
  const [changes, setChanges] = useState(0);
  useEffect(() => {
    const changed = () => setChanges((count) => count + 1);
    const system = window.matchMedia("(prefers-color-scheme: dark)");
    system.addEventListener("change", changed);
    const chosen = new MutationObserver(changed);
    chosen.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    return () => {
      system.removeEventListener("change", changed);
      chosen.disconnect();
    };
  }, []);
  return changes;
}

export type Stratum = 0 | 1 | 2 | 3 | 4 | 5 | 6;

/** Models in charts: strata in this order, each with a mark of its own. */
export const ORDER: readonly Stratum[] = [1, 5, 2, 4, 3, 6];
export const MARKS = ["●", "■", "▲", "◆", "▼", "＋"] as const;

export const variableOf = (stratum: Stratum) => (stratum === 0 ? "--error" : `--strata-${stratum}`);

const TILE = 6;

/** The fill of a stratum: solid, or a tile of its pattern. */
export function fillOf(context: CanvasRenderingContext2D, stratum: Stratum): string | CanvasPattern {
  const colour = colourOf(variableOf(stratum));
  if (stratum < 2) return colour;
  const scale = window.devicePixelRatio || 1;
  const tile = document.createElement("canvas");
  tile.width = TILE * scale;
  tile.height = TILE * scale;
  const pen = tile.getContext("2d");
  if (!pen) return colour;
  pen.scale(scale, scale);
  // Bars stand before one another, so what is behind must not shine through.
  pen.fillStyle = colourOf("--stone-page");
  pen.fillRect(0, 0, TILE, TILE);
  pen.globalAlpha = 0.24;
  pen.fillStyle = colour;
  pen.fillRect(0, 0, TILE, TILE);
  pen.globalAlpha = 1;
  pen.strokeStyle = colour;
  pen.lineWidth = 1.4;
  DRAW[stratum]?.(pen);
  return context.createPattern(tile, "repeat") ?? colour;
}

function lines(pen: CanvasRenderingContext2D, ...ends: [number, number, number, number][]): void {
  pen.beginPath();
  for (const [x1, y1, x2, y2] of ends) {
    pen.moveTo(x1, y1);
    pen.lineTo(x2, y2);
  }
  pen.stroke();
}

const RISING: [number, number, number, number][] = [
  [-1, 1, 1, -1],
  [0, TILE, TILE, 0],
  [TILE - 1, TILE + 1, TILE + 1, TILE - 1],
];
const FALLING: [number, number, number, number][] = [
  [-1, TILE - 1, 1, TILE + 1],
  [0, 0, TILE, TILE],
  [TILE - 1, -1, TILE + 1, 1],
];

const DRAW: Partial<Record<Stratum, (pen: CanvasRenderingContext2D) => void>> = {
  2: (pen) => lines(pen, ...RISING),
  3: (pen) => lines(pen, [0, 1.5, TILE, 1.5], [0, 4.5, TILE, 4.5]),
  4: (pen) => lines(pen, ...RISING, ...FALLING),
  5: (pen) => {
    pen.fillStyle = pen.strokeStyle;
    for (const [x, y] of [
      [1.5, 1.5],
      [4.5, 4.5],
    ]) {
      pen.beginPath();
      pen.arc(x ?? 0, y ?? 0, 1.1, 0, 2 * Math.PI);
      pen.fill();
    }
  },
  6: (pen) => lines(pen, [1.5, 0, 1.5, TILE], [4.5, 0, 4.5, TILE]),
};

/** The mark of a line at a point, so that lines are told apart without their colour. */
export function drawMark(
  pen: CanvasRenderingContext2D,
  mark: number,
  x: number,
  y: number,
  size: number,
): void {
  const r = size / 2;
  pen.beginPath();
  switch (mark % MARKS.length) {
    case 0:
      pen.arc(x, y, r, 0, 2 * Math.PI);
      break;
    case 1:
      pen.rect(x - r * 0.9, y - r * 0.9, r * 1.8, r * 1.8);
      break;
    case 2:
      polygon(pen, [x, y - r], [x + r, y + r * 0.8], [x - r, y + r * 0.8]);
      break;
    case 3:
      polygon(pen, [x, y - r * 1.15], [x + r * 1.15, y], [x, y + r * 1.15], [x - r * 1.15, y]);
      break;
    case 4:
      polygon(pen, [x, y + r], [x + r, y - r * 0.8], [x - r, y - r * 0.8]);
      break;
    default:
      pen.rect(x - r, y - r * 0.3, r * 2, r * 0.6);
      pen.rect(x - r * 0.3, y - r, r * 0.6, r * 2);
  }
  pen.fill();
}

function polygon(pen: CanvasRenderingContext2D, ...corners: [number, number][]): void {
  for (const [at, [x, y]] of corners.entries()) {
    if (at === 0) pen.moveTo(x, y);
    else pen.lineTo(x, y);
  }
  pen.closePath();
}
