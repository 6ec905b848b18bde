import { useSyncExternalStore } from "react";
import { create } from "zustand";
import { chooseSide, chosenSide, remember, remembered } from "../preferences";

/** What is open on the page, for parts that are far from each other: shortcuts, palette, rooms. */
interface PageState {
  drawer: boolean;
  palette: boolean;
  shortcuts: boolean;
  picker: boolean;
  /** The list of conversations on wide screens. */
  list: boolean;
  /** Width of the inspector in pixels, where it stands at the right. */
  inspector: number;
  /** Where the inspector stands, where there is room at the right. */
  dock: Side;
  /** Its height at the bottom, in percent of the window. */
  dockHeight: number;
}

export type Side = "right" | "bottom";

export const INSPECTOR_LEAST = 420;
export const INSPECTOR_MOST = 760;
export const DOCK_LEAST = 25;
export const DOCK_MOST = 80;

export const usePage = create<PageState>()(() => ({
  drawer: false,
  palette: false,
  shortcuts: false,
  picker: false,
  list: remembered("list") !== "closed",
  inspector: widthOf(Number(remembered("inspector")) || (window.innerWidth >= 1600 ? 640 : 548)),
  dock: chosenSide(),
  dockHeight: heightOf(Number(remembered("dockHeight")) || 45),
}));

export function showPart(part: "drawer" | "palette" | "shortcuts" | "picker", open: boolean): void {
  usePage.setState({ [part]: open });
}

export function toggleList(): void {
  const list = !usePage.getState().list;
  remember("list", list ? null : "closed");
  usePage.setState({ list });
}

export function setInspectorWidth(width: number): void {
  const inspector = widthOf(width);
  remember("inspector", String(inspector));
  usePage.setState({ inspector });
}

/** Where the inspector stands is a habit of a person and outlives the tab. */
export function setDock(dock: Side): void {
  chooseSide(dock);
  usePage.setState({ dock });
}

export function setDockHeight(percent: number): void {
  const dockHeight = heightOf(percent);
  remember("dockHeight", String(dockHeight));
  usePage.setState({ dockHeight });
}

function heightOf(percent: number): number {
  return Math.round(Math.min(DOCK_MOST, Math.max(DOCK_LEAST, percent)));
}

function widthOf(width: number): number {
  return Math.round(Math.min(INSPECTOR_MOST, Math.max(INSPECTOR_LEAST, width)));
}

export type Layout = "phone" | "tablet" | "laptop" | "wide";

const STEPS: ReadonlyArray<readonly [Layout, number]> = [
  ["wide", 1600],
  ["laptop", 1280],
  ["tablet", 820],
];

function layout(): Layout {
  return STEPS.find(([, least]) => window.innerWidth >= least)?.[0] ?? "phone";
}

function onResize(changed: () => void): () => void {
  window.addEventListener("resize", changed);
  return () => window.removeEventListener("resize", changed);
}

/** Which of the four layouts of the design language the window has room for. */
export function useLayout(): Layout {
  return useSyncExternalStore(onResize, layout);
}

/** Whether the window is at least so wide; for single thresholds between the layouts. */
export function useAtLeast(width: number): boolean {
  return useSyncExternalStore(onResize, () => window.innerWidth >= width);
}
