/**
 * What was asked and what was assembled, in the shape of what is sent, so that each can be laid beside
 * the next. A program's request has that shape already; the chat's own message has its text and
 * parameters in other places.
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
  /** Who asked: "chat", "gateway", ... */
  caller?: string;
  sent: JsonNode | null;
  assembled?: Assembled;
  decisions: readonly Decision[];
}

/** What came from the one who asks, and not from what was said before or from configuration. */
const OWN = new Set(["this message", "request", "title"]);

export const member = (node: JsonNode | null | undefined, key: string): JsonNode | undefined =>
  node?.kind === "object" ? node.members.find((m) => m.key === key)?.value : undefined;

const isChats = (body: ObjectNode, caller?: string) =>
  !member(body, "messages") && (caller === "chat" || Boolean(member(body, "text")));

/** Step 1: what was asked. Of a chat, the person's own message alone. */
export function askedOf(sources: AskedSources): Asked | null {
  const body = readJson(sources.text);
  if (!body) return null;
  if (body.kind !== "object" || !isChats(body, sources.caller)) return { node: body, fromChat: false };
  return { node: chatRequest(body, sources, (message) => OWN.has(message.origin)), fromChat: true };
}

/** Step 2: the same with every message that will be sent. */
export function assembledOf(sources: AskedSources): JsonNode | null {
  const body = readJson(sources.text);
  if (!body) return null;
  if (body.kind === "object" && isChats(body, sources.caller)) return chatRequest(body, sources, () => true);
  const messages = member(body, "messages");
  const assembled = sources.assembled?.messages ?? [];
  if (body.kind !== "object" || messages?.kind !== "array") return body;
  if (assembled.every((message) => OWN.has(message.origin))) return body;
  const given = [...messages.items];
  const items = messagesOf(assembled, sources.sent).map((node, at) =>
    OWN.has(assembled[at]?.origin ?? "") ? (given.shift() ?? node) : node,
  );
  return {
    kind: "object",
    members: body.members.map((one) =>
      one.key === "messages" ? { key: one.key, value: { kind: "array", items: [...items, ...given] } } : one,
    ),
  };
}

function chatRequest(
  body: ObjectNode,
  { sent, assembled, decisions }: AskedSources,
  keeps: (message: SourcedMessage) => boolean,
): ObjectNode {
  const members: ObjectNode["members"] = [];
  const model = member(body, "model");
  if (model) members.push({ key: "model", value: model });
  if (assembled) {
    const all = messagesOf(assembled.messages, sent);
    const items = all.filter((_, at) => {
      const message = assembled.messages[at];
      return message !== undefined && keeps(message);
    });
    members.push({ key: "messages", value: { kind: "array", items } });
  }
  const parameters = member(body, "parameters");
  if (parameters?.kind === "object") members.push(...parameters.members);
  // The chat always streams and does not say so in its message.
  const streams = decisions.some(({ name, wanted }) => name === "stream" && wanted === true);
  if (streams && !member(parameters, "stream"))
    members.push({ key: "stream", value: { kind: "literal", text: "true" } });
  return { kind: "object", members };
}

function messagesOf(messages: readonly SourcedMessage[], sent: JsonNode | null): JsonNode[] {
  const wire = member(sent, "messages");
  const items = wire?.kind === "array" ? wire.items : [];
  // The wire may have more in front, a system message for instance; the last ones belong together.
  const shift = Math.max(0, items.length - messages.length);
  return messages.map((message, at) => messageOf(message, items[at + shift]));
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
