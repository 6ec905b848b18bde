import { describe, expect, it } from "vitest";
import { readJson } from "./json";
import { argumentFaults, argumentsOf, offeredTools } from "./tools";

const SCHEMA = {
  type: "object",
  properties: {
    city: { type: "string" },
    days: { type: "integer" },
    units: { type: ["string", "null"] },
    where: { anyOf: [{ type: "string" }, { type: "number" }] },
  },
  required: ["city"],
  additionalProperties: false,
};
const node = (value: unknown) => readJson(JSON.stringify(value));
const about = { name: "get_weather", description: "The weather in a city." };

describe("the tools of a request", () => {
  it.each([
    ["chat completions", { type: "function", function: { ...about, parameters: SCHEMA } }],
    ["Responses", { type: "function", ...about, parameters: SCHEMA, strict: true }],
    ["Anthropic's messages", { ...about, input_schema: SCHEMA }],
    ["Anthropic's messages, with a type", { type: "custom", ...about, input_schema: SCHEMA }],
  ])("are read as %s says them", (_, tool) => {
    const [read] = offeredTools(node({ tools: [tool] }));
    expect(read).toMatchObject({ ...about, kind: "function" });
    expect(read?.tokens).toBe(Math.ceil(JSON.stringify(tool).length / 4));
    expect(argumentsOf(read?.schema ?? null).map((a) => (a.required ? a.name : `${a.name}?`))).toEqual([
      "city",
      "days?",
      "units?",
      "where?",
    ]);
  });

  it("are as the old `functions` names them", () => {
    expect(offeredTools(node({ functions: [{ ...about, parameters: SCHEMA }] }))[0]?.name).toBe(
      "get_weather",
    );
  });

  it("are the provider's own where they have no schema", () => {
    const [search] = offeredTools(node({ tools: [{ type: "web_search_20260209", name: "web_search" }] }));
    expect(search).toMatchObject({ name: "web_search", kind: "web_search_20260209", schema: null });
    expect(offeredTools(node({ tools: [{ type: "web_search" }] }))[0]?.name).toBe("web_search");
  });

  it.each([null, node({}), node({ tools: "all" }), node([])])("are none in %j", (body) => {
    expect(offeredTools(body)).toEqual([]);
  });
});

describe("the arguments of a call", () => {
  const faults = (text: string) => argumentFaults(text, node(SCHEMA));

  it.each(['{"city":"Paris"}', '{"city":"Paris","days":3,"units":null,"where":[1]}', ' {"city": ""} '])(
    "fit: %s",
    (text) => {
      expect(faults(text)).toEqual([]);
    },
  );

  it("that were cut, or are another language, are no JSON", () => {
    expect(faults('{"city":"Par')).toEqual([{ kind: "notJson" }]);
    expect(faults("{'city': 'Paris'}")).toEqual([{ kind: "notJson" }]);
    expect(faults('["Paris"]')).toEqual([{ kind: "notObject" }]);
  });

  it("are told by name: missing, of another type, unknown, doubled", () => {
    expect(faults("")).toEqual([{ kind: "missing", name: "city" }]);
    expect(faults('{"city":7,"days":1.5,"when":"now"}')).toEqual([
      { kind: "type", name: "city", wanted: "string", got: "integer" },
      { kind: "type", name: "days", wanted: "integer", got: "number" },
      { kind: "unknown", name: "when" },
    ]);
    expect(faults('{"city":"a","city":"b"}')).toEqual([{ kind: "twice", name: "city" }]);
    expect(faults('{"city":null,"units":{}}')).toEqual([
      { kind: "type", name: "city", wanted: "string", got: "null" },
      { kind: "type", name: "units", wanted: "string | null", got: "object" },
    ]);
  });

  it("are not judged by a schema that says nothing", () => {
    expect(argumentFaults('{"anything":1}', null)).toEqual([]);
    expect(argumentFaults('{"anything":1}', node({ type: "object" }))).toEqual([]);
    expect(argumentFaults("", null)).toEqual([]);
  });

  it("of a whole number written with a fraction are whole", () => {
    expect(faults('{"city":"a","days":3.0}')).toEqual([]);
  });
});
