import { describe, expect, it } from "vitest";
import type { KeyDay } from "../../api/types";
import { bars, DAYS, dateOf, inARow, sum } from "./key-days";

function used(day: string, use: Partial<KeyDay["use"]>): KeyDay {
  const [none] = inARow([], day);
  return { day, use: { ...(none as KeyDay).use, ...use } };
}

describe("the days of a key", () => {
  it("stand in a row, those without use too", () => {
    const row = inARow([used("2027-02-27", { requests: 4 })], "2027-03-01");
    expect(row).toHaveLength(DAYS);
    expect(row.map(({ day }) => day).slice(-4)).toEqual([
      "2027-02-26",
      "2027-02-27",
      "2027-02-28",
      "2027-03-01",
    ]);
    expect(row[0]?.day).toBe("2027-01-31");
    expect(row.map(({ use }) => use.requests).slice(-4)).toEqual([0, 4, 0, 0]);
  });
  it("go on to where the server's clock is", () => {
    const row = inARow([used("2027-01-02", { requests: 1 })], "2027-01-01");
    expect(row.at(-1)).toMatchObject({ day: "2027-01-02", use: { requests: 1 } });
  });
  it("begin at midnight where the page is shown", () => {
    expect(dateOf(new Date(2027, 0, 5, 23, 59))).toBe("2027-01-05");
  });
  it("add up", () => {
    const days = [
      used("2027-01-01", { requests: 3, cost_usd: 0.5, refused: 1 }),
      used("2027-01-02", { requests: 2 }),
    ];
    expect(sum(days)).toMatchObject({ requests: 5, cost_usd: 0.5, refused: 1, failed: 0 });
    expect(sum([]).requests).toBe(0);
  });
});

describe("the bars of a strip", () => {
  it("share one height, and what is there can be seen", () => {
    const days = [
      used("2027-01-01", { requests: 100, refused: 25, failed: 25, cost_usd: 2 }),
      used("2027-01-02", { requests: 1, cost_usd: 0.001 }),
      used("2027-01-03", {}),
    ];
    expect(bars(days, 20, 10)).toEqual([
      { answered: 10, lost: 10, paid: 10 },
      { answered: 1.5, lost: 0, paid: 1.5 },
      { answered: 0, lost: 0, paid: 0 },
    ]);
  });
  it("of nothing are nothing", () => {
    expect(bars(inARow([], "2027-01-01"), 20, 10).every((bar) => !bar.answered && !bar.paid)).toBe(true);
  });
});
