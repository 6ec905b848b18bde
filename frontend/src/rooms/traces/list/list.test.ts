import { describe, expect, it } from "vitest";
import { trace } from "../../../inspector/fixtures";
import type { Group } from "../api";
import { type Pages, prepended, refreshed, unique, waiting } from "../live";
import { leastWidth, moved, readColumns, SHOWN_FIRST, toggled } from "./columns";
import { groupItems, heightOf, traceItems } from "./items";
import { axisOf, barsOf, bestMode, clockTicks } from "./waterfall";
import { offsetsOf, rowAt, windowOf } from "./window";

describe("columns", () => {
  it("are those of the mock until others are chosen, and what was kept is read with care", () => {
    expect(readColumns(null)).toEqual(SHOWN_FIRST);
    expect(readColumns("waterfall,model,nonsense,model,cost")).toEqual(["model", "cost", "waterfall"]);
    expect(readColumns("nonsense")).toEqual(SHOWN_FIRST);
  });
  it("come in next to their neighbours and move by one", () => {
    expect(toggled(["time", "model", "cost", "waterfall"], "status")).toEqual([
      "time",
      "model",
      "status",
      "cost",
      "waterfall",
    ]);
    expect(toggled(["cost", "time"], "waterfall")).toEqual(["cost", "time", "waterfall"]);
    expect(toggled(["time"], "time")).toEqual(["time"]);
    expect(moved(["time", "model", "waterfall"], "model", -1)).toEqual(["model", "time", "waterfall"]);
    expect(moved(["time", "model", "waterfall"], "model", 1)).toEqual(["time", "model", "waterfall"]);
    expect(leastWidth(["time", "model"])).toBe(324);
  });
});

describe("the window over the rows", () => {
  const offsets = offsetsOf(Array.from({ length: 10_000 }, (_, at) => (at === 3 ? 78 : 28)));
  it("covers what is in sight and a few rows more", () => {
    expect(rowAt(offsets, 0)).toBe(0);
    expect(rowAt(offsets, 3 * 28 + 77)).toBe(3);
    expect(rowAt(offsets, 1e9)).toBe(9999);
    expect(windowOf(offsets, { top: 0, height: 280 }, 2)).toEqual([0, 10]);
    const [first, last] = windowOf(offsets, { top: 140_000, height: 560 });
    expect(last - first).toBeLessThan(60);
    expect(windowOf(offsetsOf([]), { top: 0, height: 100 })).toEqual([0, -1]);
  });
});

describe("rows", () => {
  const group = (id: string, count: number): Group => ({
    id,
    title: id,
    count,
    failed: 0,
    input_tokens: 0,
    output_tokens: 0,
    cost_usd: 0,
    unpriced: 0,
    first_at: 0,
    last_at: 1,
  });
  it("have the attempts of the open trace below it", () => {
    const items = traceItems([trace({ id: "a", attempts: 3 }), trace({ id: "b", attempts: 2 })], "a");
    expect(items.map((item) => item.kind)).toEqual(["trace", "attempts", "trace"]);
    expect(items.map(heightOf)).toEqual([28, 75, 28]);
  });
  it("show an open group's traces, and that there are more, or none yet", () => {
    const members = new Map([
      ["a", [trace({ id: "t1" })]],
      ["b", undefined],
    ]);
    const items = groupItems([group("a", 2), group("b", 1), group("c", 1)], members);
    expect(items.map((item) => (item.kind === "more" ? item.state : item.kind))).toEqual([
      "group",
      "trace",
      "more",
      "group",
      "loading",
      "group",
    ]);
  });
});

describe("what is new", () => {
  const pages = (...ids: string[][]): Pages => ({
    pages: ids.map((page) => ({
      traces: page.map((id) => trace({ id })),
      next: null,
      total: 9,
      total_is_at_least: false,
    })),
    pageParams: ids.map(() => null),
  });
  const ids = (data: Pages) => data.pages.map((page) => page.traces.map(({ id }) => id));
  it("changes in its place and is otherwise handed on", () => {
    const data = pages(["a", "b"], ["c"]);
    const [next, rest] = refreshed(
      data,
      new Map([
        ["c", trace({ id: "c", outcome: "failed" })],
        ["d", trace({ id: "d" })],
      ]),
    );
    expect(next.pages[1]?.traces[0]?.outcome).toBe("failed");
    expect(next.pages[0]).toBe(data.pages[0]);
    expect(rest.map(({ id }) => id)).toEqual(["d"]);
    expect(refreshed(data, new Map())[0]).toBe(data);
  });
  it("comes on top, newest first, and is counted", () => {
    const fresh = [trace({ id: "x", started_at: 1 }), trace({ id: "y", started_at: 2 })];
    const next = prepended(pages(["a"], ["b"]), fresh);
    expect(ids(next)).toEqual([["y", "x", "a"], ["b"]]);
    expect(next.pages[0]?.total).toBe(11);
  });
  it("is counted once while it waits, and listed once when a page brings it again", () => {
    const held = waiting(waiting(new Map(), [trace({ id: "x", outcome: "live" })]), [trace({ id: "x" })]);
    expect([...held.values()].map(({ outcome }) => outcome)).toEqual(["complete"]);
    expect(unique(pages(["a", "b"], ["b", "c"]).pages).map(({ id }) => id)).toEqual(["a", "b", "c"]);
  });
});

describe("waterfall", () => {
  it("goes by the clock while that can be seen, else from the start", () => {
    const near = [trace({ started_at: 100, total: 2 }), trace({ started_at: 110, total: 4 })];
    expect(axisOf(near, 0)).toEqual({ mode: "clock", from: 100, span: 14 });
    const far = [trace({ started_at: 100, total: 2 }), trace({ started_at: 9000, total: 4 })];
    expect(axisOf(far, 0)).toEqual({ mode: "start", from: 0, span: 4 });
    expect(axisOf(far, 0, "clock").mode).toBe("clock");
    expect(bestMode([trace({ started_at: 0, total: 0.1 }), trace({ started_at: 60, total: 0.2 })], 0)).toBe(
      "start",
    );
    expect(axisOf([], 7).span).toBe(1);
  });
  it("puts earlier attempts before the last one's phases", () => {
    const one = trace({ started_at: 10, total: 10, timing: { sent: 1, first_output: 2, ended: 6 } });
    const bars = barsOf(one, { mode: "clock", from: 0, span: 20 }, 0);
    expect(bars.map((b) => [b.kind, b.from, b.to])).toEqual([
      ["queue", 10, 14],
      ["connect", 14, 15],
      ["waiting", 15, 16],
      ["content", 16, 20],
    ]);
  });
  it("grows while it lives", () => {
    const live = trace({
      started_at: 10,
      total: null,
      outcome: "live",
      timing: { sent: 0.5, first_output: 1 },
    });
    expect(barsOf(live, axisOf([live], 13), 13).at(-1)).toEqual({ kind: "content", from: 1, to: 3 });
  });
  it("marks round moments of the clock", () => {
    expect(clockTicks({ mode: "clock", from: 101, span: 60 })).toEqual([4, 19, 34, 49]);
  });
});
