/** The verdicts of a file, sorted and searched. */

import type { Verdict } from "../../../api/types";

export const LEVELS = ["error", "warning", "note"] as const;
export type Level = (typeof LEVELS)[number];

export const SIGN: Record<Level, string> = { error: "×", warning: "!", note: "i" };
export const TONE: Record<Level, string> = { error: "text-error", warning: "text-warn", note: "text-info" };

export function levelOf(value: unknown): Level | null {
  return LEVELS.find((level) => level === value) ?? null;
}

/** The verdicts of each line, gravest first. */
export function byLine(verdicts: readonly Verdict[]): Map<number, Verdict[]> {
  const lines = new Map<number, Verdict[]>();
  for (const verdict of verdicts) lines.set(verdict.line, [...(lines.get(verdict.line) ?? []), verdict]);
  for (const found of lines.values()) found.sort(gravestFirst);
  return lines;
}

function gravestFirst(a: Verdict, b: Verdict): number {
  return LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level) || a.column - b.column;
}

/** The line to look at first: that of the first error, else of the first line without effect. */
export function firstLine(verdicts: readonly Verdict[]): number | null {
  for (const level of ["error", "warning"]) {
    const lines = verdicts.filter((verdict) => verdict.level === level).map((verdict) => verdict.line);
    if (lines.length) return Math.min(...lines);
  }
  return null;
}

/** The next line with a verdict, or the one before; it begins again at the other end. */
export function stepFrom(lines: readonly number[], from: number | null, direction: 1 | -1): number | null {
  const ordered = [...lines].sort((a, b) => direction * (a - b));
  if (from === null) return ordered[0] ?? null;
  return ordered.find((line) => direction * (line - from) > 0) ?? ordered[0] ?? null;
}

/** What a verdict underlines in its line, from and to, as offsets. */
export function underlined(verdict: Verdict, line: string): [number, number] {
  // The server counts letters; an emoji is one letter and two units of a string.
  const letters = [...line];
  const start = Math.max(0, verdict.column - 1);
  const before = letters.slice(0, start).join("").length;
  const meant = letters.slice(start, start + Math.max(1, verdict.length)).join("").length;
  return [before, before + meant];
}

/** The file's lines as an editor counts them: a last line end begins no line of its own. */
export function linesOf(text: string): string[] {
  const lines = text.split(/\r\n|\r|\n/);
  if (lines.length > 1 && lines.at(-1) === "") lines.pop();
  return lines;
}
