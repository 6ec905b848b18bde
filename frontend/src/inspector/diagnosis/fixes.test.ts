import { describe, expect, it } from "vitest";
import type { Decision } from "../records";
import { modelsOf, otherModel, renamed, safePage, shorter, without } from "./fixes";

const decide = (change: Partial<Decision>): Decision => ({
  name: "maxTokens",
  decision: "renamed",
  sent_as: "max_tokens",
  wanted: 9,
  sent: 9,
  because: { source: "you" },
  ...change,
});

describe("what the button of a fix sends", () => {
  it("leaves a parameter out by the name it was asked by", () => {
    expect(without("max_tokens", [decide({})])).toEqual({
      manner: "asked",
      changes: { parameters: { maxTokens: null } },
    });
    expect(without("seed", [])).toEqual({ manner: "asked", changes: { parameters: { seed: null } } });
  });
  it("leaves out on the wire what only the configuration adds", () => {
    const added = decide({ name: "top_k", sent_as: "top_k", decision: "added", wanted: null });
    expect(without("top_k", [added])).toEqual({ manner: "wire", changes: { parameters: { top_k: null } } });
  });
  it("sends a value under another name on the wire alone", () => {
    expect(renamed("max_tokens", "max_completion_tokens", [decide({})])).toEqual({
      manner: "wire",
      changes: { parameters: { max_tokens: null, max_completion_tokens: 9 } },
    });
  });
  it("shortens the answer by the name that was used", () => {
    expect(shorter(5, [decide({})]).changes.parameters).toEqual({ maxTokens: 5 });
    expect(shorter(5, []).changes.parameters).toEqual({ max_tokens: 5 });
    const defaulted = decide({ name: "max_tokens", decision: "defaulted", wanted: null });
    expect(shorter(5, [defaulted])).toEqual({ manner: "wire", changes: { parameters: { max_tokens: 5 } } });
  });
  it("names a model with its endpoint, once", () => {
    expect(otherModel("b", "a").changes.model).toBe("a/b");
    expect(otherModel("a/b", "a").changes.model).toBe("a/b");
    expect(modelsOf({ type: "use_model", name: "x", nearest: ["x", "y", "z", "w"] })).toEqual([
      "x",
      "y",
      "z",
    ]);
  });
  it("opens pages and nothing else", () => {
    expect(safePage("https://console.groq.com/keys")?.host).toBe("console.groq.com");
    expect([safePage("javascript:alert(1)"), safePage("data:text/html,x"), safePage("docs")]).toEqual([
      null,
      null,
      null,
    ]);
  });
});
