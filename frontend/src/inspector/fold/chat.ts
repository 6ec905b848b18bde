/** Chat completions, streamed and whole, in their accents. */

import { type Json, type JsonObject, listOf, numberOf, objectOf, textOf } from "./events";
import type { Reader, Told } from "./fold";
import type { Counts, Piece } from "./said";

type Said = Omit<Piece, "frame">;

export function openaiChat(): Reader {
  const numbers = new CallNumbers();
  return (data) => {
    const pieces: Said[] = [];
    let finish: string | null = null;
    for (const one of listOf(data.choices)) {
      const choice = objectOf(one);
      if (!choice) continue;
      const index = numberOf(choice.index) ?? 0;
      const said = objectOf(choice.delta) ?? objectOf(choice.message);
      if (said) pieces.push(...piecesOf(said, index, numbers));
      finish = textOf(choice.finish_reason) || finish;
    }
    const told: Told = { name: textOf(data.object), pieces, finish };
    if (objectOf(data.error)) told.name = "error";
    const usage = objectOf(data.usage) ?? objectOf(objectOf(data.x_groq)?.usage);
    if (usage) told.counts = countsOf(usage);
    return told;
  };
}

function piecesOf(said: JsonObject, choice: number, numbers: CallNumbers): Said[] {
  const pieces: Said[] = [];
  // Some send the same thought under both names.
  const thought = textOf(said.reasoning_content) || textOf(said.reasoning);
  if (thought) pieces.push({ channel: "reasoning", text: thought, choice });
  pieces.push(...contentOf(said.content, choice));
  const refusal = textOf(said.refusal);
  if (refusal) pieces.push({ channel: "refusal", text: refusal, choice });
  for (const one of listOf(said.tool_calls)) {
    const call = objectOf(one);
    const asked = objectOf(call?.function);
    if (!call || !asked) continue;
    const name = textOf(asked.name);
    const number = numbers.of(choice, numberOf(call.index), textOf(call.id), name);
    pieces.push({ channel: "call", text: argumentsOf(asked.arguments), choice, call: number, name });
  }
  const older = objectOf(said.function_call);
  if (older)
    pieces.push({
      channel: "call",
      text: argumentsOf(older.arguments),
      choice,
      call: 0,
      name: textOf(older.name),
    });
  return pieces;
}

/** Text, or the parts of one: Mistral's thinking models send a list. */
function contentOf(content: Json | undefined, choice: number): Said[] {
  if (typeof content === "string") return content ? [{ channel: "text", text: content, choice }] : [];
  return listOf(content).flatMap((one): Said[] => {
    const part = objectOf(one);
    if (!part) return [];
    if (part.type !== "thinking") return [{ channel: "text", text: textOf(part.text), choice }];
    const thoughts = listOf(part.thinking).map((piece) => textOf(objectOf(piece)?.text));
    return [{ channel: "reasoning", text: textOf(part.thinking) || thoughts.join(""), choice }];
  });
}

function argumentsOf(value: Json | undefined): string {
  // Ollama's kin send an object where everyone else sends its text.
  return typeof value === "object" && value !== null ? JSON.stringify(value) : textOf(value);
}

export function countsOf(usage: JsonObject): Counts {
  const prompt = objectOf(usage.prompt_tokens_details) ?? objectOf(usage.input_tokens_details);
  const answer = objectOf(usage.completion_tokens_details) ?? objectOf(usage.output_tokens_details);
  return {
    input: numberOf(usage.prompt_tokens) ?? numberOf(usage.input_tokens),
    output: numberOf(usage.completion_tokens) ?? numberOf(usage.output_tokens),
    cached: numberOf(prompt?.cached_tokens) ?? numberOf(usage.prompt_cache_hit_tokens),
    reasoning: numberOf(answer?.reasoning_tokens),
  };
}

/** Tells calls apart where a provider numbers them badly or not at all. */
class CallNumbers {
  private readonly numbers = new Map<string, number>();
  private readonly ids = new Map<string, string>();
  private readonly last = new Map<number, number>();

  of(choice: number, index: number | null, id: string, name: string): number {
    const last = this.last.get(choice) ?? -1;
    let number: number;
    if (index === null) {
      const goesOn = id ? this.ids.get(`${choice}:${last}`) === id : !name;
      number = goesOn && last >= 0 ? last : last + 1;
    } else {
      number = this.numbers.get(`${choice}:${index}`) ?? index;
      const known = this.ids.get(`${choice}:${number}`);
      if (id && name && known && known !== id) number = last + 1;
      this.numbers.set(`${choice}:${index}`, number);
    }
    if (id && !this.ids.has(`${choice}:${number}`)) this.ids.set(`${choice}:${number}`, id);
    this.last.set(choice, Math.max(last, number));
    return number;
  }
}
