import { describe, expect, it } from "vitest";
import type { Model, Preset, PresetList } from "../../../api/types";
import { aConversation } from "../../../core/samples";
import { choiceToUse, NO_PRESETS } from "../composer/choice";
import { joined, offered } from "./presets";
import { findModels } from "./search";

const aModel = (id: string, more: Partial<Model> = {}): Model =>
  ({
    id,
    endpoint: id.split("/")[0],
    endpoint_label: id.split("/")[0],
    model: id.split("/")[1],
    display_label: id,
    usable: true,
    aside: false,
    practice: false,
    abilities: { value: null, source: null },
    input_usd_per_mtok: { value: 1, source: "list" },
    output_usd_per_mtok: { value: 1, source: "list" },
    ...more,
  }) as Model;

const aPreset = (name: string, more: Partial<Preset> = {}): Preset =>
  ({
    name,
    label: name.toUpperCase(),
    description: null,
    target: "One/m",
    endpoint_label: "One",
    state: "ready",
    parameters: [],
    starters: [],
    is_default: false,
    is_soft_default: false,
    in_menu: true,
    ...more,
  }) as Preset;

const aList = (more: Partial<PresetList>, ...groups: [string | null, string | null, Preset[]][]) => ({
  ...NO_PRESETS,
  groups: groups.map(([label, endpoint, presets]) => ({ label, endpoint, presets })),
  ...more,
});

const MODELS = [aModel("One/m"), aModel("Two/n"), aModel("practice/p", { practice: true })];

describe("presets in the picker", () => {
  const list = aList(
    {},
    [null, null, [aPreset("plain"), aPreset("hidden", { in_menu: false })]],
    ["Study", null, [aPreset("sums", { description: "Arithmetic without luck" })]],
    ["Two", "Two", [aPreset("deux", { target: "Two/n", endpoint_label: "Two" })]],
  );
  const shown = (of: PresetList, query = "") =>
    joined(of, findModels(offered(of, MODELS), query, []), MODELS, query).map((group) => [
      group.key,
      ...group.presets.map(({ name }) => name),
      ...group.models.map(({ id }) => id),
    ]);

  it("stand first, and with the models of the endpoint that their group names", () => {
    expect(shown(list)).toEqual([
      ["presets:", "plain"],
      ["presets:Study", "sums"],
      ["Two", "deux", "Two/n"],
      ["One", "One/m"],
      ["practice", "practice/p"],
    ]);
  });

  it("stand last where the file wants it, and alone where it enforces them", () => {
    expect(shown({ ...list, prioritize: false }).map(([key]) => key)).toEqual([
      "One",
      "practice",
      "Two",
      "presets:",
      "presets:Study",
    ]);
    expect(shown({ ...list, enforce: true })).toEqual([
      ["presets:", "plain"],
      ["presets:Study", "sums"],
      ["Two", "deux"],
    ]);
  });

  it("are found by their words, their group and their price", () => {
    expect(shown(list, "luck")).toEqual([["presets:Study", "sums"]]);
    expect(shown(list, "study")).toEqual([["presets:Study", "sums"]]);
    expect(shown(list, "under $0.5")).toEqual([]);
    expect(shown(list, "plain under $2")).toEqual([["presets:", "plain"]]);
  });

  it("leave the models of other endpoints to a search where some are added", () => {
    const added = { ...list, added_endpoints: ["One"] };
    expect(shown(added).map(([key]) => key)).toEqual(["presets:", "presets:Study", "Two", "One"]);
    expect(shown(added, "practice")).toEqual([["practice", "practice/p"]]);
  });
});

describe("what a chat is sent to", () => {
  const free = { model: null, preset: null };
  const chosen = (of: PresetList, latest?: Parameters<typeof aConversation>[0], composed = free) =>
    choiceToUse(composed, undefined, latest && aConversation(latest), MODELS, of).preset;
  const three = (more: Partial<PresetList> = {}, ...marks: Partial<Preset>[]) =>
    aList(more, [null, null, ["a", "b", "c"].map((name, at) => aPreset(name, marks[at]))]);

  it("is the default, then the latest chat's, then the soft default, then the first", () => {
    expect(chosen(three({}, {}, {}, { is_default: true }), { preset: "a" })).toBe("c");
    expect(chosen(three({}, {}, { is_soft_default: true }), { preset: "c" })).toBe("c");
    expect(chosen(three({}, {}, { is_soft_default: true }), { model: "One/m" })).toBeNull();
    expect(chosen(three({}, {}, { is_soft_default: true }))).toBe("b");
    expect(chosen(three())).toBe("a");
    expect(chosen(three({ prioritize: false }))).toBeNull();
    expect(chosen(three({}, { state: "broken", is_default: true }))).toBe("b");
  });

  it("is what was chosen here or asked for in this conversation", () => {
    const list = three({}, {}, {}, { is_default: true });
    expect(chosen(list, undefined, { model: "One/m", preset: "b" } as never)).toBe("b");
    const plain = choiceToUse({ model: "Two/n", preset: null }, undefined, undefined, MODELS, list);
    expect(plain).toEqual({ model: "Two/n", preset: null });
    const kept = aConversation({ model: "One/m", preset: "a" });
    expect(choiceToUse(free, kept, undefined, MODELS, list)).toEqual({ model: "One/m", preset: "a" });
    const without = aConversation({ model: "Two/n" });
    expect(choiceToUse(free, without, undefined, MODELS, list)).toEqual({ model: "Two/n", preset: null });
  });

  it("is a preset and nothing else where they are enforced", () => {
    const list = three({ enforce: true });
    const composed = { model: "Two/n", preset: null };
    expect(choiceToUse(composed, undefined, undefined, MODELS, list).preset).toBe("a");
    expect(choiceToUse(free, aConversation({ model: "Two/n" }), undefined, MODELS, list).preset).toBe("a");
    expect(choiceToUse(free, undefined, undefined, MODELS, aList({ enforce: true }))).toEqual(free);
  });
});
