import { describe, expect, it } from "vitest";
import { isOld, readPlace, searchOf } from "../address";
import type { Figures, Point, Series } from "../api";
import { limitOf, ruleOf } from "../keeping/Keeping";
import {
  coarser,
  findingLines,
  foremost,
  gridOf,
  groupLines,
  piled,
  ranked,
  speedsOf,
  summed,
} from "./figures";
import { spanOf, withRange, withSpan } from "./span";

const figures = (change: Partial<Figures> = {}): Figures => ({
  requests: 1,
  failed: 0,
  findings: {},
  input_tokens: 10,
  output_tokens: 5,
  cost_usd: 0.01,
  unpriced: 0,
  ttft_p50: 0.2,
  ttft_p95: 0.9,
  rate_p50: 50,
  ...change,
});
const point = (at: number, change: Partial<Figures> = {}): Point => ({ at, ...figures(change) });
const series = (...lines: [string, Point[], Partial<Figures>?][]): Series => ({
  since: 130,
  until: 420,
  step: 60,
  groups: lines.map(([name, points, totals]) => ({ name, points, totals: figures(totals) })),
  totals: figures(),
  counted_since: null,
});

describe("figures over time", () => {
  const two = series(
    [
      "a",
      [point(120, { requests: 3 }), point(240, { failed: 1, findings: { rate_limited: 1 } })],
      { requests: 4 },
    ],
    [
      "b",
      [point(240, { requests: 5, failed: 2, findings: { rate_limited: 1, timeout: 1 } })],
      { requests: 5 },
    ],
  );
  const grid = gridOf(two);
  it("lie on an even grid, with nothing where there is no point", () => {
    expect(grid).toEqual([120, 180, 240, 300, 360]);
    expect(summed(grid, two, (one) => one.requests)).toEqual([3, 0, 6, 0, 0]);
    expect(piled([1, 0, 2])).toEqual([1, 1, 3]);
    expect(coarser([1, 2, 3, 4, 5], 3)).toEqual([3, 7, 5]);
    expect(gridOf({ ...two, step: 0 })).toEqual([]);
  });
  it("are told apart by finding and by group, the greatest first", () => {
    const found = foremost(findingLines(grid, two), 6);
    expect(found.map(({ name, sum }) => [name, sum])).toEqual([
      ["rate_limited", 2],
      ["timeout", 1],
    ]);
    expect(ranked({ timeout: 1, rate_limited: 2, a: 1 }).map(({ code }) => code)).toEqual([
      "rate_limited",
      "a",
      "timeout",
    ]);
    expect(speedsOf(two).map(({ name }) => name)).toEqual(["b", "a"]);
  });
  it("fold what cannot be told apart, and the server's own rest, into one line without a name", () => {
    const many = series(
      ...["a", "b", "c", "d", ""].map((name, at): [string, Point[]] => [
        name,
        [point(120, { cost_usd: 5 - at })],
      ]),
    );
    const lines = foremost(
      groupLines(gridOf(many), many, (one) => one.cost_usd),
      3,
    );
    expect(lines.map(({ name, sum }) => [name, sum])).toEqual([
      ["a", 5],
      ["b", 4],
      ["", 6],
    ]);
    expect(lines[2]?.values).toEqual([6, 0, 0, 0, 0]);
  });
});

describe("the time that is looked at", () => {
  it("is a term of the filter", () => {
    expect(spanOf("")).toBe("all");
    expect(spanOf("is:failed since:24h")).toBe("24h");
    expect(spanOf("since:24h until:1h")).toBeNull();
    expect(spanOf("since:3h")).toBeNull();
    expect(withSpan("until:1m is:failed since:1h", "7d")).toBe("is:failed since:7d");
    expect(withSpan("since:1h", "all")).toBe("");
  });
  it("is drawn in the reader's own hours and means the same moments", () => {
    const q = withRange("is:failed since:1h", 1_795_813_200, 1_795_816_800);
    const written = /^is:failed since:(\S+) until:(\S+)$/.exec(q);
    expect(Date.parse(written?.[1] ?? "") / 1000).toBe(1_795_813_200);
    expect(Date.parse(written?.[2] ?? "") / 1000).toBe(1_795_816_800);
  });
});

describe("the address", () => {
  it("says what is looked at and nothing that would be so anyway", () => {
    const place = readPlace({ q: "is:live", sort: "cost", order: "asc", group: "key", axis: "start" });
    expect(place).toEqual({ q: "is:live", sort: "cost", order: "asc", group: "key", axis: "start" });
    expect(searchOf({ q: " ", sort: "started", order: "desc" })).toEqual({});
    expect(searchOf({ sort: "model", order: "desc" })).toEqual({ sort: "model", order: "desc" });
    expect(readPlace({ q: 404, sort: "nonsense" })).toEqual({ q: "404" });
  });
  it("of older links becomes terms", () => {
    const old = { failed: true, caller: "gateway", key: "key_1", q: "groq" };
    expect(isOld(old)).toBe(true);
    expect(readPlace(old).q).toBe("groq is:failed caller:gateway key:key_1");
    expect(isOld({ q: "x" })).toBe(false);
  });
});

describe("what is kept", () => {
  it("has limits that are numbers or none", () => {
    expect(limitOf("", 1)).toEqual({ value: null });
    expect(limitOf(" 1,5 ", 1_000_000)).toEqual({ value: 1_500_000 });
    for (const wrong of ["x", "0", "-3", "0.1"]) expect(limitOf(wrong, 1)).toBeNull();
    expect(ruleOf({ keep_days: 3, keep_bytes: null })).toBe("days");
    expect(ruleOf({ keep_days: null, keep_bytes: null })).toBe("ever");
  });
});
