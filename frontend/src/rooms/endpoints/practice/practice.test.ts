import { describe, expect, it } from "vitest";
import type { Fault, Model, Rule } from "../../../api/types";
import { modelOf } from "../../chat/composer/composing";
import { faultOf, findModels, switchesFor } from "../../chat/picker/search";
import { canBeRule, findFaults, modelFor, readNumber, switchOf } from "./faults";
import { readLimit, sameLimits } from "./limits";
import { chance, EMPTY_RULE, type RuleForm, readRule, span, whenOf } from "./rules";

const fault = (name: string, more: Partial<Fault> = {}): Fault => ({
  name,
  group: "refusals",
  aliases: [],
  what: "",
  teaches: "",
  argument: null,
  by: "switch",
  endpoint: null,
  ...more,
});
const chunks = { usual: 3, low: 0, high: 10_000, unit: "chunks" };
const overloaded = fault("overloaded", { aliases: ["529"], what: "Too much to do for everybody." });
const cut = fault("cut", { group: "stream", argument: chunks, what: "Se cierra la conexión." });
const stall = fault("stall", { group: "stream", argument: { usual: 30, low: 0, high: 60, unit: "seconds" } });
const closed = fault("closed", { group: "connection", by: "door", endpoint: "practice-closed" });
const tls = fault("tls", { group: "connection", by: "door", endpoint: "practice-tls" });
const all = [overloaded, cut, stall, closed, tls];

describe("faults", () => {
  const say = ({ what, teaches }: Fault) => ({ what, teaches });
  const names = (query: string, group: Fault["group"] | null = null) =>
    findFaults(all, query, group, say).map(({ name }) => name);

  it("are found by name, alias and sentence, with or without accents", () => {
    expect(names("529")).toEqual(["overloaded"]);
    expect(names("CONEXION cierra")).toEqual(["cut"]);
    expect(names("", "stream")).toEqual(["cut", "stall"]);
    expect(names("cut", "refusals")).toEqual([]);
  });

  it("are asked for by the name of a model", () => {
    expect(modelFor(cut)).toBe("practice/pocket:cut");
    expect(modelFor(cut, 3)).toBe("practice/pocket:cut");
    expect(modelFor(cut, 5, true)).toBe("practice/pocket:flaky-cut=5");
    expect(modelFor(closed)).toBe("practice-closed/pocket");
    expect(switchOf(overloaded, 4)).toBe("overloaded");
  });

  it("take a number within their ends, whole unless it is a time", () => {
    expect(readNumber("5", cut)).toBe(5);
    expect(readNumber("0,5", stall)).toBe(0.5);
    for (const [text, one] of [
      ["1.5", cut],
      ["-1", cut],
      ["10001", cut],
      ["", cut],
      ["x", stall],
      ["1", overloaded],
    ] as const)
      expect(readNumber(text, one)).toBeNull();
  });

  it("can be a rule, but for a certificate", () => {
    expect(all.filter(canBeRule).map(({ name }) => name)).toEqual(["overloaded", "cut", "stall", "closed"]);
  });
});

describe("a rule", () => {
  const read = (typed: Partial<RuleForm>, one: Fault | undefined = overloaded) =>
    readRule({ ...EMPTY_RULE, fault: one?.name ?? "", ...typed }, one);

  it("is sent as it was typed", () => {
    expect(read({ dialect: "groq", percent: "12,5", seed: "7" })).toEqual({
      fault: "overloaded",
      argument: null,
      dialect: "groq",
      model: null,
      starts_in: 0,
      lasts: 60,
      probability: 0.125,
      seed: 7,
    });
    expect(read({ number: "5", lasts: "" }, cut)).toMatchObject({ argument: 5, lasts: null });
  });

  it("is for everybody and ends, when it closes the port", () => {
    expect(read({ dialect: "groq", percent: "50" }, closed)).toMatchObject({
      dialect: null,
      probability: 1,
    });
    expect(read({ lasts: "" }, closed)).toBe("lastsDoor");
  });

  it.each([
    [{ lasts: "0" }, "lasts"],
    [{ lasts: "604801" }, "lasts"],
    [{ startsIn: "-1" }, "startsIn"],
    [{ percent: "0" }, "percent"],
    [{ percent: "101" }, "percent"],
    [{ seed: "1.5" }, "seed"],
  ])("is not sent with %j", (typed, wrong) => expect(read(typed)).toBe(wrong));

  it("needs a fault, and a number that it can take", () => {
    expect(readRule(EMPTY_RULE, undefined)).toBe("fault");
    expect(read({ number: "1.5" }, cut)).toBe("numberWhole");
    expect(read({ number: "61" }, stall)).toBe("number");
  });

  it("says when it strikes", () => {
    const rule = { starts: 100, ends: 160 } as Rule;
    const at = (state: Rule["state"], now: number, more = {}) =>
      whenOf({ ...rule, state, ...more }, now, String);
    expect(at("waiting", 90)).toEqual({ word: "begins", time: "10 s", lasts: "60 s" });
    expect(at("waiting", 90, { ends: null })).toMatchObject({ word: "beginsOpen", time: "10 s" });
    expect(at("active", 117.4)).toMatchObject({ word: "left", time: "43 s" });
    expect(at("active", 117, { ends: null })).toMatchObject({ word: "forever" });
    expect(at("over", 170)).toMatchObject({ word: "ended", time: "160" });
    expect([119, 120, 135, 7_260, 180_000].map(span)).toEqual([
      "119 s",
      "2 min",
      "2 min 15 s",
      "2 h 1 min",
      "2 d 2 h",
    ]);
    expect(chance(0.125)).toBe("12.5%");
  });
});

describe("a limit", () => {
  it("is a number, or nothing", () => {
    expect(readLimit(" 14400 ")).toBe(14_400);
    expect(readLimit("0,5")).toBe(0.5);
    expect(readLimit("")).toBeNull();
    for (const text of ["x", "-1", "1e12"]) expect(readLimit(text)).toBeUndefined();
  });

  it("is the usual one when all are", () => {
    expect(sameLimits({ concurrent: null }, {})).toBe(true);
    expect(sameLimits({ concurrent: 20 }, {})).toBe(false);
  });
});

describe("a model with switches", () => {
  const model = (endpoint: string, name: string, aside = false, practice = true) =>
    ({
      id: `${endpoint}/${name}`,
      endpoint,
      endpoint_label: endpoint,
      model: name,
      display_label: name,
      usable: true,
      aside,
      practice,
      abilities: { value: null, source: null },
    }) as Model;
  const models = [
    model("practice", "pocket"),
    model("practice-groq", "pocket", true),
    model("ollama", "qwen3:8b", false, false),
  ];
  const found = (query: string) =>
    findModels(models, query, [], all).flatMap((group) => group.models.map(({ id }) => id));

  it("is offered behind a practice model's name", () => {
    expect(found("pocket:cut")).toEqual(["practice/pocket:cut"]);
    expect(found("pocket:CU")).toEqual(["practice/pocket:cut"]);
    expect(found("practice-groq/pocket:529")).toEqual(["practice-groq/pocket:529"]);
    expect(found("pocket:closed")).toEqual([]);
    expect(found("qwen3:cut")).toEqual([]);
    expect(found("qwen3:8b")).toEqual(["ollama/qwen3:8b"]);
  });

  it("goes on with the last of several switches", () => {
    expect(switchesFor("cut=5", all)).toEqual(["cut=5"]);
    expect(switchesFor("cut,flaky-st", all)).toEqual(["cut,flaky-stall"]);
    expect(switchesFor("", all)).toEqual(["overloaded", "cut", "stall"]);
  });

  it("is told apart by its last switch", () => {
    expect(faultOf("practice/pocket:cut,flaky-529", all)).toBe(overloaded);
    expect(faultOf("practice/pocket:cut=5", all)).toBe(cut);
    expect(faultOf("practice/pocket", all)).toBeUndefined();
  });

  it("is known wherever a model is looked up", () => {
    expect(modelOf(models, "practice-groq/pocket:cut")).toMatchObject({
      model: "pocket:cut",
      endpoint: "practice-groq",
    });
    expect(modelOf(models, "ollama/qwen3:cut")).toBeUndefined();
    expect(modelOf(models, null)).toBeUndefined();
  });

  it("keeps what is aside for those who search", () => {
    expect(found("")).toEqual(["practice/pocket", "ollama/qwen3:8b"]);
    expect(found("groq")).toEqual(["practice-groq/pocket"]);
  });
});
