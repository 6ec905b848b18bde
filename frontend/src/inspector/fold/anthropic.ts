/** Anthropic's messages, streamed and whole. */

import { type JsonObject, listOf, numberOf, objectOf, textOf } from "./events";
import type { Reader, Told } from "./fold";
import type { Counts, Piece } from "./said";

type Said = Omit<Piece, "frame">;

export function anthropicMessages(): Reader {
  const calls = new Map<number, number>();
  // The counts of the input come first, those of the output last.
  let usage: JsonObject = {};
  const block = (index: number, content: JsonObject | null, whole: boolean): Said[] => {
    if (!content) return [];
    if (content.type === "text") return [say("text", textOf(content.text))];
    if (content.type === "thinking") return [say("reasoning", textOf(content.thinking))];
    if (content.type !== "tool_use") return [];
    calls.set(index, calls.size);
    const input = objectOf(content.input);
    // A streamed call begins with an empty object that is not what it is called with.
    const given = input && (whole || Object.keys(input).length > 0) ? JSON.stringify(input) : "";
    return [{ ...say("call", given), call: calls.get(index), name: textOf(content.name) }];
  };
  const counted = (more: JsonObject | null): Counts | null => {
    if (!more) return null;
    usage = { ...usage, ...more };
    return countsOf(usage);
  };
  return (data, event): Told => {
    const name = textOf(data.type) || event;
    const index = numberOf(data.index) ?? 0;
    switch (name) {
      case "message":
        return {
          name,
          pieces: listOf(data.content).flatMap((one, at) => block(at, objectOf(one), true)),
          finish: textOf(data.stop_reason),
          counts: counted(objectOf(data.usage)),
        };
      case "message_start":
        return { name, counts: counted(objectOf(objectOf(data.message)?.usage)) };
      case "content_block_start":
        return { name, pieces: block(index, objectOf(data.content_block), false) };
      case "content_block_delta":
        return { name, pieces: more(objectOf(data.delta), calls.get(index)) };
      case "message_delta":
        return {
          name,
          finish: textOf(objectOf(data.delta)?.stop_reason),
          counts: counted(objectOf(data.usage)),
        };
      default:
        return { name };
    }
  };
}

function say(channel: Piece["channel"], text: string): Said {
  return { channel, text, choice: 0 };
}

function more(delta: JsonObject | null, call: number | undefined): Said[] {
  switch (delta?.type) {
    case "text_delta":
      return [say("text", textOf(delta.text))];
    case "thinking_delta":
      return [say("reasoning", textOf(delta.thinking))];
    case "input_json_delta":
      return [{ ...say("call", textOf(delta.partial_json)), call }];
    default:
      return [];
  }
}

function countsOf(usage: JsonObject): Counts {
  const [fresh, read, written] = [
    numberOf(usage.input_tokens),
    numberOf(usage.cache_read_input_tokens),
    numberOf(usage.cache_creation_input_tokens),
  ];
  return {
    // What was read from the cache and written to it is told apart from the rest of the input.
    input: fresh === null ? null : fresh + (read ?? 0) + (written ?? 0),
    output: numberOf(usage.output_tokens),
    cached: read,
    reasoning: null,
  };
}
