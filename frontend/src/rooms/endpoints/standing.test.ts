import { describe, expect, it } from "vitest";
import type { Standing } from "../../api/types";
import { type KeyStanding, keyName, restingOf } from "./standing";

const key = (state: KeyStanding["state"], until: number | null = null): KeyStanding => ({
  key: { source: "environment", variable: "GROQ_API_KEY", masked: "…6789" },
  state,
  why: state === "closed" ? null : "its key was refused",
  until,
});
const standing = (...keys: KeyStanding[]): Standing => ({
  name: "groq",
  keys,
  busy: [],
  running: 0,
  waiting: 0,
  limits: [],
});

describe("an endpoint", () => {
  it("is asked as usual while no breaker is open", () => {
    expect(restingOf(undefined)).toBeNull();
    expect(restingOf(standing())).toBeNull();
    expect(restingOf(standing(key("closed")))).toBeNull();
  });
  it("is left alone when no key is left, until the first is tried again", () => {
    const resting = restingOf(standing(key("open", 90), key("open", 60)));
    expect(resting).toMatchObject({ all: true, until: 60, why: "its key was refused" });
    expect(restingOf(standing(key("half_open"), key("open", 60)))).toMatchObject({ all: true, until: null });
  });
  it("is asked with the keys that are left", () => {
    const resting = restingOf(standing(key("closed"), key("open", 60)));
    expect(resting?.all).toBe(false);
    expect(resting?.keys).toHaveLength(1);
  });
  it("names a key as people know it", () => {
    expect(keyName({ source: "environment", variable: "A", masked: "…1" })).toBe("A");
    expect(keyName({ source: "file", variable: null, masked: "…1" })).toBe("…1");
  });
});
