/**
 * Tools as a request offers them and as a model calls them, whatever protocol the body speaks: chat
 * completions nests a function, Responses and Anthropic's messages say it flat.
 */

import { isContainer, type JsonNode, readJson, writeJson } from "./json";

export interface OfferedTool {
  name: string;
  /** "function", or the provider's own word for a tool that it runs itself. */
  kind: string;
  description: string | null;
  /** The JSON Schema of its arguments, where it has one. */
  schema: JsonNode | null;
  /** Its whole definition, for a tool that is more than name, description and schema. */
  node: JsonNode;
  /** An estimate: bytes ÷ 4, as the server counts. */
  tokens: number;
}

/** What is wrong with a call's arguments. `name` is the argument's. */
export type ArgumentFault =
  | { kind: "notJson" }
  | { kind: "notObject" }
  | { kind: "missing"; name: string }
  | { kind: "twice"; name: string }
  | { kind: "unknown"; name: string }
  | { kind: "type"; name: string; wanted: string; got: string };

export function memberOf(node: JsonNode | null | undefined, key: string): JsonNode | undefined {
  return node?.kind === "object" ? node.members.find((member) => member.key === key)?.value : undefined;
}

function textAt(node: JsonNode | null | undefined, key: string): string | null {
  const value = memberOf(node, key);
  return value?.kind === "string" ? value.value : null;
}

function itemsAt(node: JsonNode | null | undefined, key: string): JsonNode[] {
  const value = memberOf(node, key);
  return value?.kind === "array" ? value.items : [];
}

/** The tools of a request's body, in order; `functions` is the old name of chat completions. */
export function offeredTools(body: JsonNode | null): OfferedTool[] {
  return [...itemsAt(body, "tools"), ...itemsAt(body, "functions")].map(offered);
}

function offered(node: JsonNode): OfferedTool {
  const nested = memberOf(node, "function");
  const inner = nested?.kind === "object" ? nested : node;
  const type = textAt(node, "type");
  const schema = memberOf(inner, "parameters") ?? memberOf(inner, "input_schema");
  // Anthropic's messages calls a caller's own tool `custom`, or says no type at all.
  const own = type === null || (type === "custom" && memberOf(inner, "input_schema") !== undefined);
  return {
    name: textAt(inner, "name") ?? type ?? "",
    kind: own ? "function" : type,
    description: textAt(inner, "description"),
    schema: schema?.kind === "object" ? schema : null,
    node,
    tokens: Math.ceil(new TextEncoder().encode(writeJson(node)).length / 4),
  };
}

export interface Argument {
  name: string;
  required: boolean;
}

/** The arguments of the first level that a schema names, in order. */
export function argumentsOf(schema: JsonNode | null): Argument[] {
  const properties = memberOf(schema, "properties");
  if (properties?.kind !== "object") return [];
  const required = requiredBy(schema);
  return properties.members.map(({ key }) => ({ name: key, required: required.includes(key) }));
}

function requiredBy(schema: JsonNode | null): string[] {
  return itemsAt(schema, "required").flatMap((item) => (item.kind === "string" ? [item.value] : []));
}

/**
 * What is wrong with the arguments as a model wrote them: no JSON, no object, or, by the schema's first
 * level, a name too few or too many or a value of another type. Deeper levels, formats and limits are
 * not looked at, so no fault found is no proof that a tool will take them.
 */
export function argumentFaults(text: string, schema: JsonNode | null): ArgumentFault[] {
  // Some providers send nothing at all for a tool that takes nothing.
  const node = readJson(text.trim() === "" ? "{}" : text);
  if (!node) return [{ kind: "notJson" }];
  if (node.kind !== "object") return [{ kind: "notObject" }];
  const names = node.members.map(({ key }) => key);
  const faults: ArgumentFault[] = requiredBy(schema)
    .filter((name) => !names.includes(name))
    .map((name) => ({ kind: "missing", name }));
  const properties = memberOf(schema, "properties");
  const closed = memberOf(schema, "additionalProperties");
  const isClosed = closed?.kind === "literal" && closed.text === "false";
  node.members.forEach(({ key, value }, at) => {
    if (names.indexOf(key) !== at) faults.push({ kind: "twice", name: key });
    const property = memberOf(properties, key);
    const types = property ? typesOf(property) : [];
    if (!property && isClosed) faults.push({ kind: "unknown", name: key });
    if (types.length && !types.some((type) => isOf(value, type)))
      faults.push({ kind: "type", name: key, wanted: types.join(" | "), got: typeOf(value) });
  });
  return faults;
}

function typesOf(property: JsonNode): string[] {
  const type = memberOf(property, "type");
  const types = type?.kind === "array" ? type.items : type ? [type] : [];
  return types.flatMap((item) => (item.kind === "string" ? [item.value] : []));
}

/** A value's type in the words of JSON Schema. */
function typeOf(node: JsonNode): string {
  if (isContainer(node) || node.kind === "string") return node.kind;
  if (node.kind === "number") return isWhole(node) ? "integer" : "number";
  return node.kind === "literal" && node.text === "null" ? "null" : "boolean";
}

function isWhole(node: JsonNode): boolean {
  return node.kind === "number" && Number.isInteger(Number(node.text));
}

function isOf(node: JsonNode, type: string): boolean {
  return typeOf(node) === type || (type === "number" && node.kind === "number");
}
