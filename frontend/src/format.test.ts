import { describe, expect, it } from "vitest";
import { bytes, clock, context, count, duration, estimate, money, price, rate, secondsShort } from "./format";

describe("figures", () => {
  it.each([
    [0.0031, "$0.0031"],
    [0.00027, "$0.00027"],
    [0.00001, "$0.00001"],
    [0.0000034, "$0.0000034"],
    [0.4182, "$0.4182"],
    [0.5, "$0.50"],
    [0.09999, "$0.10"],
    [1, "$1.00"],
    [12.3456, "$12.35"],
    [1234.5, "$1,234.50"],
    [0, "$0"],
    [-0.5, "−$0.50"],
    [null, "unknown"],
    [undefined, "unknown"],
  ])("money(%s) is %s", (usd, text) => expect(money(usd)).toBe(text));

  it.each([
    [0.0009, "0.9 ms"],
    [0.061, "61 ms"],
    [0.358, "358 ms"],
    [0.9996, "1.00 s"],
    [7.16, "7.16 s"],
    [12.34, "12.3 s"],
    [59.97, "1 min"],
    [64, "1 min 4 s"],
    [3725, "1 h 2 min"],
    [null, "unknown"],
  ])("duration(%s) is %s", (seconds, text) => expect(duration(seconds)).toBe(text));

  it("TTFT is told in seconds", () => {
    expect(secondsShort(0.42)).toBe("0.42 s");
    expect(secondsShort(0.004)).toBe("4 ms");
    expect(secondsShort(1.5)).toBe("1.50 s");
  });

  it("counts, rates, windows and sizes", () => {
    expect(count(1284)).toBe("1,284");
    expect(count(0)).toBe("0");
    expect(count(null)).toBe("unknown");
    expect(rate(49.1)).toBe("49 tok/s");
    expect(rate(4.26)).toBe("4.3 tok/s");
    expect(context(131072)).toBe("131k");
    expect(context(1048576)).toBe("1.05M");
    expect(context(null)).toBe("");
    expect(price(0.28)).toBe("0.28");
    expect(price(0.028)).toBe("0.028");
    expect(bytes(186)).toBe("186 B");
    expect(bytes(38_200_000)).toBe("38.2 MB");
    expect(estimate("331", true)).toBe("≈ 331");
    expect(clock(0)).toMatch(/^\d\d:\d\d:\d\d$/);
  });
});
