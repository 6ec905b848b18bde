import { describe, expect, it } from "vitest";
import { rateLimits, retryAfterIn, secondsUntil } from "./rate-limits";

const NOW = 1_779_287_500;

describe("limits in headers", () => {
  it("are read as OpenAI and its kin name them", () => {
    expect(
      rateLimits([
        ["X-RateLimit-Limit-Requests", "500"],
        ["x-ratelimit-remaining-requests", "73"],
        ["x-ratelimit-reset-requests", "11s"],
        ["x-ratelimit-limit-tokens", "30000"],
        ["x-ratelimit-reset-tokens", "6m0s"],
        ["content-type", "text/plain"],
      ]),
    ).toEqual([
      { unit: "requests", per: null, limit: 500, left: 73, reset: 11, told: null },
      { unit: "tokens", per: null, limit: 30_000, left: null, reset: 360, told: null },
    ]);
  });
  it("of Groq are those of a day and of a minute, which the names do not say", () => {
    const limits = rateLimits([
      ["x-groq-region", "us"],
      ["x-ratelimit-remaining-requests", "14370"],
      ["x-ratelimit-remaining-tokens", "5990"],
    ]);
    expect(limits.map(({ unit, per }) => [unit, per])).toEqual([
      ["requests", "day"],
      ["tokens", "minute"],
    ]);
  });
  it("of Anthropic are moments, told from the time of the reply", () => {
    const at = new Date((NOW + 42) * 1000).toISOString();
    expect(
      rateLimits(
        [
          ["anthropic-ratelimit-input-tokens-limit", "40000"],
          ["anthropic-ratelimit-input-tokens-remaining", "0"],
          ["anthropic-ratelimit-input-tokens-reset", at],
        ],
        NOW,
      ),
    ).toEqual([{ unit: "input-tokens", per: null, limit: 40_000, left: 0, reset: 42, told: null }]);
  });
  it("with a period in their name, or of one limit alone, are read too", () => {
    const limits = rateLimits([
      ["x-ratelimit-limit-requests-day", "14400"],
      ["x-ratelimit-remaining-tokens-minute", "100"],
      ["x-ratelimitbysize-remaining-minute", "499"],
      ["ratelimit-limit", "100, 100;w=60"],
      ["x-ratelimit-tokens-generated-limit", "7"],
    ]);
    expect(limits.map(({ unit, per, limit, left }) => [unit, per, limit, left])).toEqual([
      ["requests", "day", 14_400, null],
      ["tokens", "minute", null, 100],
      ["requests", "minute", null, 499],
      ["requests", null, 100, null],
      ["tokens-generated", null, 7, null],
    ]);
  });
  it("that cannot be read are told as they came", () => {
    const [limit] = rateLimits([
      ["x-ratelimit-remaining-requests", "1"],
      ["x-ratelimit-reset-requests", "soon"],
    ]);
    expect(limit).toMatchObject({ reset: null, told: "soon" });
    expect(rateLimits([["x-ratelimit-reset-requests", "1s"]])).toEqual([]);
  });
  it("tell times in every way that is met", () => {
    expect(
      ["120ms", "1.5s", "1h2m", "59", String(NOW + 5), `${(NOW + 5) * 1000}`].map((v) =>
        secondsUntil(v, NOW),
      ),
    ).toEqual([0.12, 1.5, 3720, 59, 5, 5]);
    expect(secondsUntil("Thu, 01 Jan 1970 00:00:10 GMT", 4)).toBe(6);
  });
  it("ask for a wait in the header that is most exact", () => {
    expect(
      retryAfterIn(
        [
          ["Retry-After", "2"],
          ["retry-after-ms", "1500"],
        ],
        NOW,
      ),
    ).toEqual({
      name: "retry-after-ms",
      seconds: 1.5,
    });
    expect(retryAfterIn([], NOW)).toBeNull();
  });
});
