import { describe, expect, it } from "vitest";
import type { Model } from "../../api/types";
import { abilitiesOf, bestOf, originOf, ruleParts, sortModels, toggled } from "./models";

const model = (label: string, context: number | null, input: number | null): Model => ({
  id: `e/${label}`,
  endpoint: "e",
  endpoint_label: "E",
  model: label,
  display_label: label,
  usable: true,
  aside: false,
  practice: false,
  about: null,
  reason: null,
  context: { value: context, source: "catalogue" },
  input_usd_per_mtok: { value: input, source: null },
  output_usd_per_mtok: { value: null, source: null },
  abilities: { value: ["tools", "vision"], source: null },
  source: "fetched",
});

describe("models", () => {
  const some = [model("b", 8, 2), model("a", null, 1), model("c", 32, null)];
  const names = (models: Model[]) => models.map((m) => m.display_label).join("");

  it("are sorted with the unknown last, whichever way", () => {
    expect(names(sortModels(some, { column: "name", descending: false }))).toBe("abc");
    expect(names(sortModels(some, { column: "context", descending: false }))).toBe("bca");
    expect(names(sortModels(some, { column: "context", descending: true }))).toBe("cba");
    expect(names(sortModels(some, { column: "input", descending: false }))).toBe("abc");
  });
  it("have a best only when they differ and are known", () => {
    const fact = (value: number | null) => ({ value, source: null });
    expect(bestOf([fact(2), fact(1), fact(null)], "least")).toBe(1);
    expect(bestOf([fact(2), fact(2)], "least")).toBeNull();
    expect(bestOf([fact(2), fact(null)], "most")).toBeNull();
    expect(bestOf([fact(2), fact(3)], "most")).toBe(3);
  });
  it("tell their abilities in any shape", () => {
    expect(abilitiesOf(model("a", 1, 1))).toEqual(["tools", "vision"]);
    const odd = { ...model("a", 1, 1), abilities: { value: { tools: true, vision: false }, source: null } };
    expect(abilitiesOf(odd as unknown as Model)).toEqual(["tools"]);
    expect(abilitiesOf({ ...model("a", 1, 1), abilities: { value: null, source: null } })).toBeNull();
  });
  it("are chosen up to four at a time", () => {
    expect(toggled(["a"], "b")).toEqual(["a", "b"]);
    expect(toggled(["a", "b"], "a")).toEqual(["b"]);
    expect(toggled(["a", "b", "c", "d"], "e")).toEqual(["a", "b", "c", "d"]);
  });
});

describe("places", () => {
  it("are cut off the end of a rule", () => {
    expect(ruleParts("frequency_penalty · librechat.yaml:41")).toEqual({
      text: "frequency_penalty",
      why: null,
      place: "librechat.yaml:41",
    });
    expect(ruleParts("rename a → b: why")).toEqual({ text: "rename a → b", why: "why", place: null });
    expect(originOf({ source: "librechat.yaml", line: 33 })).toBe("librechat.yaml:33");
    expect(originOf({ source: "default", line: null })).toBe("default");
  });
});
