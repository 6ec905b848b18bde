import { describe, expect, it } from "vitest";
import { columnsOf, dotsOf, heightOf, median, nearestFrame, stallsOf, ticks } from "./frames";
import { outputOf, phasesOf, placed, sumByKind, waitBefore, withStalls } from "./phases";
import type { Frame } from "./records";

const frame = (at: number, kind = "text"): Frame => ({ at, text: "", size: 1, kind });

describe("phases", () => {
  const timing = {
    dns: 0.01,
    connect: 0.03,
    tls: 0.06,
    sent: 0.062,
    first_byte: 0.3,
    first_output: 0.42,
  };

  it("are whole: each begins where the one before ended", () => {
    const phases = phasesOf({ timing: { ...timing, ended: 2 }, frames: [frame(0.42), frame(2)] });
    expect(phases.map((p) => p.kind)).toEqual(["connect", "waiting", "content"]);
    phases.forEach((p, i) => {
      expect(p.from).toBe(i ? phases[i - 1]?.to : 0);
    });
    expect(phases.at(-1)?.to).toBe(2);
  });
  it("split the output into reasoning and content by what the frames held", () => {
    const frames = [
      frame(0.42, "started reasoning"),
      frame(1, "reasoning"),
      frame(1.5),
      frame(2, "text finished"),
    ];
    const phases = phasesOf({ timing: { ...timing, ended: 2.1 }, frames });
    expect(phases.slice(-2)).toEqual([
      { kind: "reasoning", from: 0.42, to: 1 },
      { kind: "content", from: 1, to: 2.1 },
    ]);
  });
  it("stand on the axis of the turn behind the wait before them", () => {
    const own = phasesOf({ timing: { sent: 0.1, ended: 0.5 }, failed: true });
    const [wait, first] = placed(own, 2, 1.5);
    expect(wait).toEqual({ kind: "queue", from: 0.5, to: 2 });
    expect(first?.from).toBe(2);
    expect(placed(own, 2)[0]?.kind).not.toBe("queue");
    expect(placed(own, 1, 3)[0]?.from).toBe(0);
  });
  it("leave out what a reused connection did not do", () => {
    const phases = phasesOf({ timing: { sent: 0.002, first_byte: 0.2, first_output: 0.2, ended: 1 } });
    expect(phases.map((p) => p.kind)).toEqual(["connect", "waiting", "content"]);
  });
  it("end in a failure when there was no answer", () => {
    const phases = phasesOf({ timing: { sent: 0.06, first_byte: 0.2, ended: 0.21 }, failed: true });
    expect(phases.map((p) => p.kind)).toEqual(["connect", "waiting", "failed"]);
  });
  it("grow with the clock while they live, and never backwards", () => {
    const live = phasesOf({ timing: { sent: 0.06 }, now: 3 });
    expect(live.at(-1)).toEqual({ kind: "waiting", from: 0.06, to: 3 });
    const odd = phasesOf({ timing: { sent: 0.5, first_byte: 0.2, first_output: 0.4, ended: 0.3 } });
    for (const p of odd) expect(p.to).toBeGreaterThanOrEqual(p.from);
  });
  it("are told apart more finely where there is room for it, and are still whole", () => {
    const phases = phasesOf({
      timing: { ...timing, sent: 0.2, ended: 2 },
      frames: [frame(0.42), frame(2)],
      fine: true,
    });
    expect(phases.map((p) => p.kind)).toEqual(["connect", "sent", "waiting", "head", "content"]);
    expect(phases.map((p) => p.to)).toEqual([expect.closeTo(0.1), 0.2, 0.3, 0.42, 2]);
    expect(waitBefore({ status: 429 })).toBe("limit");
    expect(waitBefore({ status: 500, retry_after: 2 })).toBe("limit");
    expect([waitBefore({ status: 500 }), waitBefore()]).toEqual(["queue", "queue"]);
  });
  it("of nothing at all are nothing", () => {
    expect(phasesOf({ timing: {} })).toEqual([]);
  });
  it("have the stalls cut out and sum to the same whole", () => {
    const cut = withStalls(
      [
        { kind: "waiting", from: 0, to: 1 },
        { kind: "content", from: 1, to: 9 },
      ],
      [{ from: 3, to: 5 }],
    );
    expect(cut.map((p) => [p.kind, p.from, p.to])).toEqual([
      ["waiting", 0, 1],
      ["content", 1, 3],
      ["stall", 3, 5],
      ["content", 5, 9],
    ]);
    expect(sumByKind(cut)).toEqual([
      { kind: "waiting", seconds: 1, at: 0 },
      { kind: "content", seconds: 6, at: 1 },
      { kind: "stall", seconds: 2, at: 3 },
    ]);
  });
  it("know which frames a reader saw", () => {
    expect(["started", "text", "reasoning usage", "tool_call", "", "refusal"].map(outputOf)).toEqual([
      null,
      "content",
      "reasoning",
      "tool",
      null,
      "content",
    ]);
  });
});

describe("frames", () => {
  it("have a stall where the gap is over a second and over five times the usual one", () => {
    const at = [0.1, 0.12, 0.14, 1.5, 1.52];
    expect(stallsOf(at.map((t) => frame(t)))).toEqual([
      { from: 0.14, to: 1.5, seconds: expect.closeTo(1.36) },
    ]);
    // A slow but even stream has none.
    expect(stallsOf([0, 2, 4, 6].map((t) => frame(t)))).toEqual([]);
    expect(stallsOf([frame(1)])).toEqual([]);
  });
  it("are binned without losing an extreme", () => {
    const frames = Array.from({ length: 5000 }, (_, i) => frame(i * 0.001 + (i > 2500 ? 1.2 : 0)));
    const columns = columnsOf(dotsOf(frames), 6.2, 500);
    expect(columns.length).toBeLessThanOrEqual(500);
    expect(columns.reduce((sum, c) => sum + c.count, 0)).toBe(5000);
    expect(Math.max(...columns.map((c) => c.greatest))).toBeCloseTo(1.201, 3);
    expect(columnsOf([], 0, 10)).toEqual([]);
  });
  it("stand between 4 ms and 2 s on a log scale", () => {
    expect(heightOf(0)).toBe(0);
    expect(heightOf(0.004)).toBe(0);
    expect(heightOf(2)).toBe(1);
    expect(heightOf(60)).toBe(1);
    expect(heightOf(0.0894)).toBeCloseTo(0.5, 2);
  });
  it("are found by their time", () => {
    const frames = [0.1, 0.2, 0.9].map((t) => frame(t));
    expect([0, 0.14, 0.16, 0.6, 5].map((t) => nearestFrame(frames, t))).toEqual([0, 0, 1, 2, 2]);
    expect(nearestFrame([], 1)).toBe(0);
  });
  it("have a median", () => {
    expect(median([])).toBeNull();
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
  });
  it("have an axis in round steps", () => {
    expect(ticks(7.16)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(ticks(0.21, 4)).toEqual([0, 0.1, 0.2]);
    expect(ticks(0)).toEqual([0]);
  });
});
