import { describe, expect, it } from "vitest";
import type { Model } from "../../api/types";
import { actionOf } from "../../app/keys";
import { aConversation } from "../../core/samples";
import { byDate } from "./list/date-groups";
import { findModels, ROUTES, recentModels } from "./picker/search";
import { nextSentences, spoken } from "./speech";

describe("groups by date", () => {
  it("go by the reader's days", () => {
    const now = new Date(2026, 10, 23, 9, 0);
    const at = (...date: [number, number, number, number]) => new Date(...date).getTime() / 1000;
    const groups = byDate(
      [
        aConversation({ id: "today", updated_at: at(2026, 10, 23, 0) }),
        aConversation({ id: "yesterday", updated_at: at(2026, 10, 22, 23) }),
        aConversation({ id: "week", updated_at: at(2026, 10, 16, 12) }),
        aConversation({ id: "month", updated_at: at(2026, 9, 26, 12) }),
        aConversation({ id: "older", updated_at: at(2026, 8, 2, 12) }),
      ].reverse(),
      now,
    );
    expect(groups.map((group) => [group.key, group.conversations[0]?.id])).toEqual([
      ["today", "today"],
      ["yesterday", "yesterday"],
      ["week", "week"],
      ["month", "month"],
      ["2026-09", "older"],
    ]);
  });
});

describe("the search for models", () => {
  const fact = <T>(value: T | null) => ({ value, source: null });
  const model = (endpoint: string, name: string, more: Partial<Model> = {}): Model => ({
    id: `${endpoint}/${name}`,
    endpoint,
    endpoint_label: endpoint.toUpperCase(),
    model: name,
    display_label: name,
    usable: true,
    aside: false,
    practice: false,
    about: null,
    reason: null,
    context: fact<number>(null),
    input_usd_per_mtok: fact<number>(null),
    output_usd_per_mtok: fact<number>(null),
    abilities: fact<string[]>(null),
    source: "test",
    ...more,
  });
  const models = [
    model("deepseek", "deepseek-chat", {
      display_label: "Búho",
      input_usd_per_mtok: fact(0.28),
      output_usd_per_mtok: fact(0.42),
    }),
    model("mistral", "small", {
      abilities: fact(["images"]),
      input_usd_per_mtok: fact(0.5),
      output_usd_per_mtok: fact(1.5),
    }),
    model("practice", "pocket"),
  ];
  const found = (query: string) =>
    findModels(models, query, []).flatMap((group) => group.models.map((one) => one.id));

  it("knows endpoint, id, display label and ability", () => {
    expect(found("DEEPSEEK")).toEqual(["deepseek/deepseek-chat"]);
    expect(found("buho")).toEqual(["deepseek/deepseek-chat"]);
    expect(found("mistral images")).toEqual(["mistral/small"]);
    expect(found("mistral tools")).toEqual([]);
    expect(found("")).toHaveLength(3);
  });

  it("knows a price, and that an unknown one is not low", () => {
    expect(found("under $0.50")).toEqual(["deepseek/deepseek-chat"]);
    expect(found("menos de 1,50")).toEqual(["deepseek/deepseek-chat", "mistral/small"]);
    expect(found("< 2 mistral")).toEqual(["mistral/small"]);
  });

  it("puts the latest first when there is something to find them among", () => {
    const many = [...models, ...["a", "b", "c", "d"].map((name) => model("other", name))];
    const [first] = findModels(many, "", ["practice/pocket", "gone/model"]);
    expect(first).toMatchObject({ endpoint: null, models: [{ id: "practice/pocket" }] });
    expect(findModels(many, "po", ["practice/pocket"])[0]?.endpoint).not.toBeNull();
  });

  it("takes recent models from conversations, each once", () => {
    const talk = (id: string, model: string, at: number) => aConversation({ id, model, updated_at: at });
    expect(recentModels([talk("1", "a/x", 1), talk("2", "b/y", 3), talk("3", "a/x", 2)])).toEqual([
      "b/y",
      "a/x",
    ]);
  });

  it("keeps routes in a group of their own, and finds them by their targets", () => {
    const targets = [{ id: "deepseek/deepseek-chat", reason: null }];
    const smart = model("", "smart", { id: "smart", endpoint_label: "", practice: true, targets });
    const groups = findModels([...models, smart], "", []);
    expect(groups.at(-1)).toEqual({ key: ROUTES, endpoint: null, models: [smart] });
    const found = findModels([...models, smart], "deepseek-chat", []);
    expect(found.map(({ key }) => key)).toEqual(["deepseek", ROUTES]);
    expect(findModels([smart], "smart:cut", [])).toEqual([]);
  });
});

describe("speech", () => {
  it("goes by whole sentences", () => {
    const first = nextSentences("One. Two is not", 0, false);
    expect(first).toEqual({ words: "One.", said: 4 });
    expect(nextSentences("One. Two is not over", first.said, false).words).toBe("");
    expect(nextSentences("One. Two is not over", first.said, true).words).toBe("Two is not over");
  });

  it("leaves out the signs of markdown", () => {
    expect(spoken("## A **bold** [link](https://x.y) and `code`\n- item")).toBe("A bold link and code item");
  });
});

describe("shortcuts", () => {
  const press = (key: string, more = {}) => ({
    key,
    code: "",
    ctrlKey: false,
    metaKey: false,
    shiftKey: false,
    altKey: false,
    ...more,
  });
  it.each([
    [press("k", { ctrlKey: true }), "palette"],
    [press("k", { metaKey: true }), "palette"],
    [press("O", { ctrlKey: true, shiftKey: true }), "newChat"],
    [press("i", { ctrlKey: true }), "inspector"],
    [press("µ", { altKey: true, code: "KeyM" }), "picker"],
    [press("ArrowLeft", { altKey: true }), "previousBranch"],
    [press("Escape", { shiftKey: true }), "composer"],
    [press("Escape"), null],
    [press("r", { ctrlKey: true, shiftKey: true }), null],
    [press("@", { ctrlKey: true, altKey: true }), null],
    [press("k"), null],
  ])("%j is %s", (event, action) => expect(actionOf(event)).toBe(action));
});
