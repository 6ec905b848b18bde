import { describe, expect, it } from "vitest";
import type { Key } from "../../api/types";
import {
  bodyOf,
  changeOf,
  curlOf,
  EMPTY,
  limitOf,
  matches,
  mayUse,
  short,
  spent,
  typedOf,
  words,
} from "./keys";

const use = {
  requests: 1,
  refused: 0,
  failed: 0,
  input_tokens: 0,
  output_tokens: 0,
  cost_usd: 0,
  unpriced: 0,
};
const key: Key = {
  id: "key_1",
  name: "ci",
  prefix: "fln_abc",
  note: null,
  created_at: 1,
  last_used_at: null,
  expires_at: 1_800_000_000,
  expired: false,
  revoked_at: null,
  rules: {
    models: ["mistral/*", "preset/*"],
    endpoints: [],
    requests_per_minute: 60,
    tokens_per_minute: null,
    requests_per_day: null,
    concurrent: null,
    tags: ["ci"],
    lenient: true,
    explain_errors: false,
  },
  today: use,
  total: use,
};

describe("a pattern", () => {
  it.each([
    ["mistral/*", "mistral/mistral-small", true],
    ["mistral/*", "Mistral/Small", true],
    ["mistral/*", "openrouter/mistral/small", false],
    ["a.c/x", "abc/x", false],
    ["a[b]/(x)", "a[b]/(x)", true],
    ["*", "a/b/c", true],
  ])("%s is %s: %s", (pattern, name, expected) => {
    expect(matches(pattern, name)).toBe(expected);
  });

  it("without a slash is the model's id, wherever it is", () => {
    const rules = { models: ["llama*"], endpoints: [] };
    expect(mayUse(rules, { name: "groq/llama-3", endpoint: "groq" })).toBe(true);
    expect(mayUse(rules, { name: "preset/x", endpoint: "groq" })).toBe(false);
  });

  it("of endpoints holds for presets too", () => {
    const rules = { models: [], endpoints: ["groq"] };
    expect(mayUse(rules, { name: "preset/x", endpoint: "groq" })).toBe(true);
    expect(mayUse(rules, { name: "preset/x", endpoint: "mistral" })).toBe(false);
  });
});

describe("what is typed", () => {
  it("comes back as the key had it, its end untouched", () => {
    const change = changeOf(typedOf(key));
    expect(change).toEqual({ name: "ci", note: null, rules: key.rules });
    expect(changeOf({ ...typedOf(key), expiry: "never" })).toMatchObject({ expires: null });
  });

  it("is refused by the field that cannot be sent", () => {
    expect(bodyOf(EMPTY)).toBe("name");
    expect(bodyOf({ ...EMPTY, name: "x", concurrent: "many" })).toBe("concurrent");
    expect(bodyOf({ ...EMPTY, name: "x", expiry: "date" })).toBe("date");
    expect(bodyOf({ ...EMPTY, name: "x", expiry: "30d" })).toMatchObject({ expires: "30d" });
  });

  it("reads limits and words as people write them", () => {
    expect(limitOf("100,000")).toBe(100_000);
    expect(limitOf("100 000")).toBe(100_000);
    expect([limitOf(""), limitOf("0"), limitOf("-3"), limitOf("1e3")]).toEqual([
      null,
      null,
      undefined,
      undefined,
    ]);
    expect(words(" a, ,b ")).toEqual(["a", "b"]);
    expect(words("*")).toEqual([]);
  });
});

it("quotes a model's name for the shell", () => {
  expect(curlOf("http://x/v1", "fln_1", "it's/m")).toContain(`"it'\\''s/m"`);
});

it("never calls unknown money nothing", () => {
  expect(spent({ ...use, cost_usd: 0.5 }, "unknown")).toBe("$0.50");
  expect(spent({ ...use, cost_usd: 0.5, unpriced: 1 }, "unknown")).toBe("≥ $0.50");
  expect(spent({ ...use, unpriced: 1 }, "unknown")).toBe("unknown");
});

it("shortens round limits alone", () => {
  expect([60, 100_000, 1_500_000, 12_345].map(short)).toEqual(["60", "100k", "1.5M", "12,345"]);
});
