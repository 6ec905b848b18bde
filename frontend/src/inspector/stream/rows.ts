/** The rows of the stream's table: what each frame held, in words, and which of them to show. Pure. */

import { bytes, count } from "../../format";
import { addedBy, type Counts, type Fold, type Piece } from "../fold/said";
import { stallsOf } from "../frames";
import type { Frame } from "../records";
import { oneLine } from "../visible";

export interface Row {
  index: number;
  frame: Frame;
  /** Seconds since the frame before; null for the first. */
  gap: number | null;
  stalled: boolean;
  /** Neither an event nor a part of one that can be read. */
  malformed: boolean;
  /** Some of its bytes are no UTF-8, so that the text stands for them only in part. */
  inexact: boolean;
  tags: string[];
  /** The names that the provider gives the events in it. */
  names: string[];
  pieces: Piece[];
  counts: Counts | null;
  finish: string | null;
}

export function rowsOf(frames: readonly Frame[], fold: Fold): Row[] {
  const stalled = new Set(stallsOf(frames).map((stall) => stall.to));
  const added = addedBy(fold);
  return frames.map((frame, index) => {
    const before = frames[index - 1];
    const tags = frame.kind ? frame.kind.split(" ") : [];
    return {
      index,
      frame,
      gap: before ? Math.max(0, frame.at - before.at) : null,
      stalled: stalled.has(frame.at),
      malformed: fold.malformed.has(index) || (tags.includes("broken") && !fold.names.has(index)),
      inexact: frame.text.includes("\ufffd"),
      tags,
      names: fold.names.get(index) ?? [],
      pieces: added.get(index) ?? [],
      counts: fold.counts.get(index) ?? null,
      finish: fold.finishes.get(index) ?? null,
    };
  });
}

export const QUIET = "quiet";

/** The kinds that occur, each with how many frames have it, in the order in which they first occur. */
export function kindsOf(rows: readonly Row[]): { kind: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const row of rows) {
    for (const kind of kindOf(row)) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return [...counts].map(([kind, many]) => ({ kind, count: many }));
}

function kindOf(row: Row): string[] {
  const kinds = row.tags.length ? row.tags : [QUIET];
  return row.malformed && !kinds.includes("broken") ? [...kinds, "broken"] : kinds;
}

/** The rows of a kind that hold certain words; no kind means all. */
export function chosenRows(rows: readonly Row[], kind: string | null, words: string): Row[] {
  const wanted = words.trim().toLowerCase();
  return rows.filter(
    (row) =>
      (kind === null || kindOf(row).includes(kind)) &&
      (!wanted ||
        row.frame.text.toLowerCase().includes(wanted) ||
        row.names.some((name) => name.includes(wanted))),
  );
}

const LONGEST = 240;

/** What a frame said, on one line, without the wire around it; in quotes, so that blanks are seen. */
export function decoded(row: Row): string {
  return row.pieces
    .map(({ channel, name, text }) => {
      const said = text || !name ? `"${oneLine(text.slice(0, LONGEST))}"` : "";
      return channel === "call" && name ? `${name}(${said}` : said;
    })
    .join(" ");
}

export function countsInWords({ input, output, cached, reasoning }: Counts): string {
  const parts = [
    input === null ? null : `${count(input)} in`,
    cached ? `${count(cached)} cached` : null,
    output === null ? null : `${count(output)} out`,
    reasoning ? `${count(reasoning)} reasoning` : null,
  ];
  return parts.filter(Boolean).join(", ");
}

/** How many bytes came in all. */
export function sizeOf(frames: readonly Frame[]): string {
  return bytes(frames.reduce((sum, frame) => sum + frame.size, 0));
}
