/** Frames to what they said, for each protocol. The server has parsers of its own; this one only shows. */

import type { Frame } from "../records";
import { anthropicMessages } from "./anthropic";
import { openaiChat } from "./chat";
import { type JsonObject, objectIn, wireEvents } from "./events";
import { openaiResponses } from "./responses";
import { type Counts, emptyFold, type Fold, type Piece } from "./said";

/** What an event of a protocol tells. */
export interface Told {
  /** The event's own name for itself. */
  name?: string;
  pieces?: Omit<Piece, "frame">[];
  finish?: string | null;
  counts?: Counts | null;
}

/** Reads the events of one reply in order; `event` is the stream's name for it. */
export type Reader = (data: JsonObject, event: string) => Told;

const READERS: Record<string, () => Reader> = {
  openai_chat: openaiChat,
  openai_responses: openaiResponses,
  anthropic_messages: anthropicMessages,
};

export interface FoldSources {
  protocol?: string;
  frames: readonly Frame[];
  /** The reply's `content-type`. */
  type?: string;
}

export function foldFrames({ protocol, frames, type }: FoldSources): Fold {
  const fold = emptyFold();
  const make = READERS[protocol ?? ""];
  if (!make || frames.length === 0) return fold;
  const read = make();
  const streamed = type ? type.includes("event-stream") : looksStreamed(frames);
  for (const { frame, name, data } of wireEvents(frames, streamed)) {
    if (data.trim() === "" || data.trim() === "[DONE]") {
      if (data.trim()) named(fold, frame, "[DONE]");
      continue;
    }
    const object = objectIn(data);
    if (!object) {
      fold.malformed.add(frame);
      continue;
    }
    const told = read(object, name);
    named(fold, frame, told.name ?? name);
    for (const piece of told.pieces ?? []) {
      if (piece.text || piece.name) fold.pieces.push({ ...piece, frame });
      fold.choices = Math.max(fold.choices, piece.choice + 1);
    }
    if (told.finish) fold.finishes.set(frame, told.finish);
    if (told.counts) fold.counts.set(frame, told.counts);
  }
  return fold;
}

function named(fold: Fold, frame: number, name: string): void {
  if (!name) return;
  const names = fold.names.get(frame);
  if (!names) fold.names.set(frame, [name]);
  else if (!names.includes(name)) names.push(name);
}

function looksStreamed(frames: readonly Frame[]): boolean {
  return /^\ufeff?\s*(?:data|event|id|retry)?:/.test(frames[0]?.text ?? "");
}
