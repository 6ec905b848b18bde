/** What a reply said, piece by piece, and what of it had come by a moment. */

export type Channel = "text" | "reasoning" | "refusal" | "call";

export interface Piece {
  frame: number;
  channel: Channel;
  text: string;
  /** Of `n` answers, which one. */
  choice: number;
  /** Which tool call of its choice. */
  call?: number;
  /** With the first piece of a call. */
  name?: string;
}

export interface Counts {
  input: number | null;
  output: number | null;
  cached: number | null;
  reasoning: number | null;
}

export interface Fold {
  pieces: Piece[];
  /** By frame: the reason for the end, the counts, and what cannot be read. */
  finishes: Map<number, string>;
  counts: Map<number, Counts>;
  malformed: Set<number>;
  /** By frame: the names of the events in it. */
  names: Map<number, string[]>;
  /** How many answers there are. */
  choices: number;
}

export function emptyFold(): Fold {
  return {
    pieces: [],
    finishes: new Map(),
    counts: new Map(),
    malformed: new Set(),
    names: new Map(),
    choices: 0,
  };
}

export interface SaidCall {
  name: string;
  arguments: string;
}

/** An answer as far as it had come. */
export interface Answer {
  reasoning: string;
  text: string;
  refusal: string;
  calls: SaidCall[];
  finish: string | null;
  counts: Counts | null;
}

/** The answer as it was when `frame` (an index) had come; -1 is before the first. */
export function answerAt(fold: Fold, frame: number, choice = 0): Answer {
  const texts: Record<Exclude<Channel, "call">, string[]> = { text: [], reasoning: [], refusal: [] };
  const calls: { name: string; parts: string[] }[] = [];
  for (const piece of fold.pieces) {
    if (piece.frame > frame) break;
    if (piece.choice !== choice) continue;
    if (piece.channel !== "call") {
      texts[piece.channel].push(piece.text);
      continue;
    }
    const at = piece.call ?? 0;
    calls[at] ??= { name: "", parts: [] };
    const call = calls[at];
    call.name ||= piece.name ?? "";
    call.parts.push(piece.text);
  }
  return {
    reasoning: texts.reasoning.join(""),
    text: texts.text.join(""),
    refusal: texts.refusal.join(""),
    // A provider that numbers its calls from one leaves the first place empty.
    calls: calls.flatMap((call) => (call ? [{ name: call.name, arguments: call.parts.join("") }] : [])),
    finish: lastUpTo(fold.finishes, frame),
    counts: lastUpTo(fold.counts, frame),
  };
}

function lastUpTo<T>(by: ReadonlyMap<number, T>, frame: number): T | null {
  let found: T | null = null;
  for (const [at, value] of by) if (at <= frame) found = value;
  return found;
}

/** What one frame added, on one line for a table. */
export function addedBy(fold: Fold): Map<number, Piece[]> {
  const by = new Map<number, Piece[]>();
  for (const piece of fold.pieces) {
    const pieces = by.get(piece.frame);
    if (pieces) pieces.push(piece);
    else by.set(piece.frame, [piece]);
  }
  return by;
}
