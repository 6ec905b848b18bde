/** Our own count of a turn's tokens, to stand beside the provider's: as rough as the server's. Pure. */

import type { Message, Part, TraceRecords, Usage } from "./records";
import { bytesOf } from "./request/weights";

/** About four bytes of UTF-8 make a token in European languages. */
function ofText(text: string | undefined): number {
  return Math.ceil(bytesOf(text ?? "") / 4);
}

function ofPart(part: Part): number {
  if (part.type === "tool_call") return ofText(part.name) + ofText(part.arguments);
  return ofText(part.text ?? part.json);
}

export function ofAnswer(message: Message | null | undefined): number {
  return (message?.parts ?? []).reduce((sum, part) => sum + ofPart(part), 0);
}

/** What the server counted where nobody else did; else the same count, of what it left in the trace. */
export function countedOf(records: TraceRecords, tools: readonly { tokens: number }[]): Usage | null {
  const { settled, assembled } = records;
  if (settled?.estimated) return settled.estimated;
  if (!assembled || !settled) return null;
  const messages = assembled.messages.reduce((sum, message) => sum + message.tokens, 0);
  const offered = tools.reduce((sum, tool) => sum + tool.tokens, 0);
  return {
    input_tokens: messages + offered,
    output_tokens: settled.message ? ofAnswer(settled.message) : null,
  };
}
