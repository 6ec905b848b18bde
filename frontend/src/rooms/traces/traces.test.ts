import { describe, expect, it } from "vitest";
import { trace } from "../../inspector/fixtures";
import { percentile, summarise } from "./summary";
import { axisOf, barsOf, clockTicks } from "./waterfall";

describe("percentile", () => {
  it("lies between the nearest values", () => {
    expect(percentile([], 0.5)).toBeNull();
    expect(percentile([3], 0.95)).toBe(3);
    expect(percentile([4, 1, 3, 2], 0.5)).toBe(2.5);
    expect(percentile([1, 2, 3, 4, 5], 0.95)).toBeCloseTo(4.8);
  });
});

describe("summary of the listed traces", () => {
  const listed = [
    trace({ started_at: 100 }),
    trace({ started_at: 110, ttft: 0.6, cost_usd: null, cost_kind: "unknown" }),
    trace({
      started_at: 120,
      outcome: "failed",
      ttft: null,
      cost_usd: null,
      cost_kind: "unknown",
      mark: "rate_limited",
    }),
    trace({
      started_at: 130,
      model: "practice/pocket",
      ttft: 0.05,
      cost_kind: "free",
      cost_usd: null,
      mark: null,
    }),
  ];
  const summary = summarise(listed, 200);
  it("counts failures and prices, and says how many are unknown", () => {
    expect(summary).toMatchObject({
      requests: 4,
      failed: 1,
      unpriced: 1,
      spent: 0.000271,
      from: 100,
      to: 130,
    });
    expect(summary.bins.reduce((sum, bin) => sum + bin.complete + bin.failed, 0)).toBe(4);
  });
  it("ranks models by how often they were used", () => {
    expect(summary.speeds.map((s) => [s.model, s.count])).toEqual([
      ["deepseek/deepseek-chat", 2],
      ["practice/pocket", 1],
    ]);
    expect(summary.speeds[0]?.p50).toBeCloseTo(0.51);
    expect(summary.marks[0]).toEqual({ mark: "2 lost", count: 2, failed: false });
  });
  it("of nothing is nothing", () => {
    expect(summarise([], 5)).toMatchObject({ requests: 0, spent: 0, from: 5, to: 5 });
  });
});

describe("waterfall", () => {
  it("goes by the clock while that can be seen, else from the start", () => {
    const near = [trace({ started_at: 100, total: 2 }), trace({ started_at: 110, total: 4 })];
    expect(axisOf(near, 0)).toEqual({ mode: "clock", from: 100, span: 14 });
    const far = [trace({ started_at: 100, total: 2 }), trace({ started_at: 9000, total: 4 })];
    expect(axisOf(far, 0)).toEqual({ mode: "start", from: 0, span: 4 });
    expect(axisOf(far, 0, "clock").mode).toBe("clock");
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
