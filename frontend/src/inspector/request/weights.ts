/** How many bytes of the wire each part of the context took, and what was saved by leaving some out. Pure. */

import { type JsonNode, writeJson } from "../../core/json";
import { member } from "../asked";
import { weightOf } from "../decisions";
import type { Decision, SourcedMessage } from "../records";

const utf8 = new TextEncoder();

export function bytesOf(text: string): number {
  return utf8.encode(text).length;
}

/** The messages of a body of any of the protocols, what stands apart as system prompt first. */
function piecesOf(sent: JsonNode | null): JsonNode[] {
  const pieces: JsonNode[] = [];
  for (const key of ["system", "instructions"]) {
    const apart = member(sent, key);
    if (apart && apart.kind !== "literal") pieces.push(apart);
  }
  const list = member(sent, "messages") ?? member(sent, "input");
  if (list?.kind === "array") pieces.push(...list.items);
  else if (list) pieces.push(list);
  return pieces;
}

/**
 * Bytes of each assembled message as it stands in the body; null where the two cannot be told to
 * belong together. What the wire has more stands in front.
 */
export function messageBytes(messages: readonly SourcedMessage[], sent: JsonNode | null): (number | null)[] {
  const pieces = piecesOf(sent);
  const shift = pieces.length - messages.length;
  return messages.map((_, at) => {
    const piece = pieces[at + shift];
    return piece && shift >= 0 ? bytesOf(writeJson(piece)) : null;
  });
}

export function toolBytes(sent: JsonNode | null): number | null {
  const tools = member(sent, "tools") ?? member(sent, "functions");
  return tools ? bytesOf(writeJson(tools)) : null;
}

/** Bytes that dropped parameters would have added: their names, values, a colon and a comma. */
export function savedBytes(decisions: readonly Decision[]): number {
  return decisions
    .filter((decision) => decision.decision === "dropped" && weightOf(decision) === "loss")
    .reduce(
      (sum, { name, wanted }) => sum + bytesOf(JSON.stringify(name)) + bytesOf(JSON.stringify(wanted)) + 2,
      0,
    );
}
