import { describe, expect, it } from "vitest";
import type { Model } from "../../../api/types";
import { aConversation } from "../../../core/samples";
import { isPractice, modelToUse } from "./composing";
import { isComposing, isPlainEnter } from "./ime";
import { FIELDS, parseField, showField, summary } from "./parameters";

describe("an input method that composes", () => {
  it.each([
    [{ key: "Enter" }, false],
    [{ key: "Enter", isComposing: true }, true],
    [{ key: "Enter", nativeEvent: { isComposing: true } }, true],
    [{ key: "Enter", nativeEvent: { isComposing: false } }, false],
    [{ key: "Process", keyCode: 229 }, true],
    [{ key: "Enter", keyCode: 229 }, true],
    [{ key: "Enter", keyCode: 13 }, false],
  ])("%j: %s", (press, composing) => expect(isComposing(press)).toBe(composing));

  it("Enter sends only alone", () => {
    expect(isPlainEnter({ key: "Enter", shiftKey: false })).toBe(true);
    expect(isPlainEnter({ key: "Enter", shiftKey: true })).toBe(false);
    expect(isPlainEnter({ key: "Enter", shiftKey: false, keyCode: 229 })).toBe(false);
  });
});

describe("parameters", () => {
  const field = (name: string) => FIELDS.find((one) => one.name === name) ?? raise();

  it("are what was typed, nothing, or wrong", () => {
    expect(parseField(field("temperature"), "0.7")).toBe(0.7);
    expect(parseField(field("temperature"), "0,7")).toBe(0.7);
    expect(parseField(field("temperature"), " ")).toBeUndefined();
    expect(parseField(field("temperature"), "warm")).toBeNull();
    expect(parseField(field("max_tokens"), "2048")).toBe(2048);
    expect(parseField(field("max_tokens"), "1.5")).toBeNull();
    expect(parseField(field("stop"), "END\n\\n\\n")).toEqual(["END", "\n\n"]);
    expect(showField(["END", "\n\n"])).toBe("END\n\\n\\n");
  });

  it("are told in a line", () => {
    expect(summary({})).toBe("");
    expect(summary({ max_tokens: 2048, temperature: 0.7, seed: 7 })).toBe("0.7 · 2048 max · seed 7");
  });
});

describe("the model to use", () => {
  const model = (id: string, usable = true) => ({ id, usable }) as Model;
  const models = [model("practice/pocket"), model("closed/one", false), model("deepseek/chat")];

  it("is the one chosen here, then the conversation's, then the latest", () => {
    const conversation = aConversation({ model: "practice/pocket" });
    expect(modelToUse("deepseek/chat", conversation, undefined, models)).toBe("deepseek/chat");
    expect(modelToUse("gone/model", conversation, undefined, models)).toBe("practice/pocket");
    expect(modelToUse(null, undefined, aConversation({ model: "practice/pocket" }), models)).toBe(
      "practice/pocket",
    );
  });

  it("is otherwise the first that can be used, practice last", () => {
    expect(modelToUse(null, undefined, aConversation({ model: "closed/one" }), models)).toBe("deepseek/chat");
    expect(modelToUse(null, undefined, undefined, models.slice(0, 2))).toBe("practice/pocket");
    expect(modelToUse(null, undefined, undefined, [])).toBeNull();
  });

  it("may be one with switches, which a new chat does not take over", () => {
    const practice = [{ ...model("practice/pocket"), practice: true }];
    const faulty = aConversation({ model: "practice/pocket:cut" });
    expect(modelToUse("practice/pocket:cut", undefined, undefined, practice)).toBe("practice/pocket:cut");
    expect(modelToUse(null, faulty, undefined, practice)).toBe("practice/pocket:cut");
    expect(modelToUse(null, undefined, faulty, practice)).toBe("practice/pocket");
  });

  it("is practice when the list says so, else by its endpoint's name", () => {
    const listed = [
      { ...model("lab/pocket"), practice: true },
      { ...model("practice-x/one"), practice: false },
    ];
    expect(isPractice("lab/pocket:cut", listed)).toBe(true);
    expect(isPractice("practice-x/one", listed)).toBe(false);
    expect(isPractice("practice-mistral/gone", listed)).toBe(true);
    expect(isPractice("practiced/one", listed)).toBe(false);
    expect(isPractice(null, listed)).toBe(false);
  });
});

function raise(): never {
  throw new Error("no such field");
}
