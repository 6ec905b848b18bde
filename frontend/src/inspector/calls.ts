/** Which tool call each result of a history belongs to. */

import type { Message, SourcedMessage } from "./records";

/** Where the other end of a call stands: the index of its message. */
export interface Links {
  /** By `message:part` of a call, the message with its result. */
  results: Map<string, number>;
  /** By the message of a result, the message with its call. */
  calls: Map<number, number>;
}

export const placeOfCall = (message: number, part: number) => `${message}:${part}`;

/**
 * Joined by id, a result with the last call before it that has no result yet: some providers number
 * their calls anew in every answer.
 */
export function linkCalls(messages: readonly SourcedMessage[]): Links {
  const links: Links = { results: new Map(), calls: new Map() };
  const open: Array<{ id: string; message: number; place: string }> = [];
  messages.forEach(({ message }, at) => {
    message.parts.forEach((part, number) => {
      if (part.type === "tool_call")
        open.push({ id: part.id ?? "", message: at, place: placeOfCall(at, number) });
    });
    if (!isResult(message)) return;
    const found = open.findLastIndex((call) => call.id === message.call_id);
    const [call] = found < 0 ? [] : open.splice(found, 1);
    if (!call) return;
    links.results.set(call.place, at);
    links.calls.set(at, call.message);
  });
  return links;
}

export function isResult(message: Message): boolean {
  return message.role === "tool";
}
