import type { Call, Message, MessageDelta } from "../api/types";

/** A message with what a delta of the event stream adds to it. */
export function grown(message: Message, delta: MessageDelta): Message {
  return {
    ...message,
    text: message.text + (delta.text ?? ""),
    refusal: message.refusal + (delta.refusal ?? ""),
    reasoning: message.reasoning + (delta.reasoning ?? ""),
    thinking_since: delta.thinking_since ?? message.thinking_since,
    calls: (delta.calls ?? []).reduce(withPiece, message.calls),
  };
}

/** Some providers repeat id and name with every piece: the first ones count. */
function withPiece(calls: Call[], piece: Call): Call[] {
  const known = calls.find(({ index }) => index === piece.index);
  if (!known) return [...calls, piece].sort((a, b) => a.index - b.index);
  const longer = {
    index: known.index,
    id: known.id || piece.id,
    name: known.name || piece.name,
    arguments: known.arguments + piece.arguments,
  };
  return calls.map((call) => (call === known ? longer : call));
}

/** How much of an answer has come, in characters; 0 when nothing has. */
export function sizeOf({ text, refusal, reasoning, calls }: Message): number {
  const prose = text.length + refusal.length + reasoning.length;
  return calls.reduce((sum, call) => sum + 1 + call.name.length + call.arguments.length, prose);
}

/** Whether a model has begun to think and to do nothing else. */
export function isThinking({ state, text, refusal, reasoning, calls }: Message): boolean {
  return state === "streaming" && reasoning !== "" && text === "" && refusal === "" && calls.length === 0;
}
