/** OpenAI's responses, streamed and whole. */

import { countsOf } from "./chat";
import { type JsonObject, listOf, numberOf, objectOf, textOf } from "./events";
import type { Reader, Told } from "./fold";
import type { Channel, Piece } from "./said";

type Said = Omit<Piece, "frame">;

const DELTAS: Record<string, Channel> = {
  "response.output_text": "text",
  "response.refusal": "refusal",
  "response.reasoning_summary_text": "reasoning",
  "response.reasoning_text": "reasoning",
  "response.function_call_arguments": "call",
};

/** Everything is told piece by piece, and once more whole when it is done; it counts once. */
class Heard {
  private readonly told = new Set<string>();
  private readonly calls = new Map<number, number>();
  empty = true;

  callAt(item: number): number {
    const known = this.calls.get(item);
    if (known !== undefined) return known;
    this.calls.set(item, this.calls.size);
    return this.calls.size - 1;
  }

  more(channel: Channel, item: number, part: string, text: string): Said[] {
    if (!text) return [];
    this.told.add(`${channel}:${item}:${part}`);
    this.empty = false;
    return [this.piece(channel, item, text)];
  }

  /** The whole of what may have been told in pieces. */
  all(channel: Channel, item: number, part: string, text: string): Said[] {
    return this.told.has(`${channel}:${item}:${part}`) ? [] : this.more(channel, item, part, text);
  }

  item(at: number, item: JsonObject | null): Said[] {
    switch (item?.type) {
      case "function_call": {
        this.empty = false;
        const said = this.all("call", at, "", textOf(item.arguments));
        const named: Said = { channel: "call", text: "", choice: 0, call: this.callAt(at) };
        return [{ ...named, name: textOf(item.name) }, ...said];
      }
      case "message":
        return listOf(item.content).flatMap((one, part) => {
          const content = objectOf(one);
          return content?.type === "refusal"
            ? this.all("refusal", at, String(part), textOf(content.refusal))
            : this.all("text", at, String(part), textOf(content?.text));
        });
      case "reasoning":
        return [...listOf(item.summary), ...listOf(item.content)].flatMap((one, part) =>
          this.all("reasoning", at, String(part), textOf(objectOf(one)?.text)),
        );
      default:
        return [];
    }
  }

  private piece(channel: Channel, item: number, text: string): Said {
    return channel === "call"
      ? { channel, text, choice: 0, call: this.callAt(item) }
      : { channel, text, choice: 0 };
  }
}

export function openaiResponses(): Reader {
  const heard = new Heard();
  return (data, event) => {
    if (data.object === "response") return ended(data, heard, "response");
    const name = textOf(data.type) || event;
    const item = numberOf(data.output_index) ?? 0;
    const part = String(numberOf(data.content_index) ?? numberOf(data.summary_index) ?? 0);
    const dot = name.lastIndexOf(".");
    const [subject, step] = [name.slice(0, dot), name.slice(dot + 1)];
    const channel = DELTAS[subject];
    if (channel && (step === "delta" || step === "done")) {
      const place = channel === "call" ? "" : part;
      if (step === "delta") return { name, pieces: heard.more(channel, item, place, textOf(data.delta)) };
      const whole = textOf(data.text) || textOf(data.refusal) || textOf(data.arguments);
      return { name, pieces: heard.all(channel, item, place, whole) };
    }
    if (subject === "response.output_item") {
      const added = objectOf(data.item);
      // The other kinds are empty when they are added.
      return step === "done" || added?.type === "function_call"
        ? { name, pieces: heard.item(item, added) }
        : { name };
    }
    const over = ["completed", "incomplete", "failed", "cancelled"].includes(step);
    const response = objectOf(data.response);
    return over && response ? ended(response, heard, name) : { name };
  };
}

function ended(response: JsonObject, heard: Heard, name: string): Told {
  const usage = objectOf(response.usage);
  const items = listOf(response.output);
  return {
    name,
    pieces: heard.empty ? items.flatMap((one, at) => heard.item(at, objectOf(one))) : [],
    finish: textOf(objectOf(response.incomplete_details)?.reason) || textOf(response.status),
    counts: usage ? countsOf(usage) : null,
  };
}
