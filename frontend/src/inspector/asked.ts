/**
 * What was asked, in the shape of what is sent, so that both can be laid side by side. A program's
 * request has that shape already; the chat's own message has its text and parameters in other places.
 */

import { type JsonNode, readJson } from "../core/json";
import { type Assembled, type Decision, type SourcedMessage, textOf } from "./records";

type ObjectNode = Extract<JsonNode, { kind: "object" }>;

export interface Asked {
  node: JsonNode;
  /** Whether it was laid out anew from a message of the chat. */
  fromChat: boolean;
}

export interface AskedSources {
  /** The body as it came. */
  text: string;
  sent: JsonNode | null;
  assembled?: Assembled;
  decisions: readonly Decision[];
}

const member = (node: JsonNode | null | undefined, key: string): JsonNode | undefined =>
  node?.kind === "object" ? node.members.find((m) => m.key === key)?.value : undefined;

export function askedOf({ text, sent, assembled, decisions }: AskedSources): Asked | null {
  const body = readJson(text);
  if (!body) return null;
  if (body.kind !== "object" || member(body, "messages") || !member(body, "text"))
    return { node: body, fromChat: false };
  return { node: chatRequest(body, sent, assembled, decisions), fromChat: true };
}

function chatRequest(
  body: ObjectNode,
  sent: JsonNode | null,
  assembled: Assembled | undefined,
  decisions: readonly Decision[],
): ObjectNode {
  const members: ObjectNode["members"] = [];
  const model = member(body, "model");
  if (model) members.push({ key: "model", value: model });
  if (assembled)
    members.push({ key: "messages", value: messagesOf(assembled.messages, member(sent, "messages")) });
  const parameters = member(body, "parameters");
  if (parameters?.kind === "object") members.push(...parameters.members);
  // The chat always streams and does not say so in its message.
  const streams = decisions.some(({ name, wanted }) => name === "stream" && wanted === true);
  if (streams && !member(parameters, "stream"))
    members.push({ key: "stream", value: { kind: "literal", text: "true" } });
  return { kind: "object", members };
}

function messagesOf(messages: readonly SourcedMessage[], sent: JsonNode | undefined): JsonNode {
  const wire = sent?.kind === "array" ? sent.items : [];
  // The wire may have more in front, a system message for instance; the last ones belong together.
  const shift = Math.max(0, wire.length - messages.length);
  return { kind: "array", items: messages.map((message, at) => messageOf(message, wire[at + shift])) };
}

/** The record holds only the beginning of a long text; where the wire goes on from it, it is the same. */
function messageOf({ message }: SourcedMessage, wire: JsonNode | undefined): JsonNode {
  const text = textOf(message);
  const role = member(wire, "role");
  const content = member(wire, "content");
  const begins = text.endsWith("…") ? text.slice(0, -1) : text;
  const same =
    role?.kind === "string" &&
    role.value === message.role &&
    content?.kind === "string" &&
    (text.endsWith("…") ? content.value.startsWith(begins) : content.value === text);
  if (same && wire) return wire;
  return {
    kind: "object",
    members: [
      { key: "role", value: { kind: "string", value: message.role } },
      { key: "content", value: { kind: "string", value: text } },
    ],
  };
}
