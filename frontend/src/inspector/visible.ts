/**
 * Makes characters visible that a screen hides: controls, direction overrides, zero-width and tag
 * characters. The inspector shows hostile bytes; what cannot be seen is what an attacker uses.
 */

export interface Piece {
  text: string;
  /** Set for a hidden character: what to show in its place, `U+202E`. */
  code?: string;
}

const HIDDEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is the task
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]|[\u{e0100}-\u{e01ef}]|[\ud800-\udfff]/gu;

const PICTURE = /\p{Extended_Pictographic}|\ufe0f|\p{Emoji_Modifier}/u;

/** A joiner between two pictures makes one emoji of them and hides nothing. */
function joinsPictures(text: string, at: number): boolean {
  const before = [...text.slice(Math.max(0, at - 2), at)].at(-1) ?? "";
  const after = [...text.slice(at + 1, at + 3)][0] ?? "";
  return PICTURE.test(before) && PICTURE.test(after);
}

export function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (const match of text.matchAll(HIDDEN)) {
    const [character] = match;
    if (character === "\u200d" && joinsPictures(text, match.index)) continue;
    if (match.index > from) pieces.push({ text: text.slice(from, match.index) });
    const point = character.codePointAt(0) ?? 0;
    pieces.push({ text: character, code: `U+${point.toString(16).toUpperCase().padStart(4, "0")}` });
    from = match.index + character.length;
  }
  if (from < text.length) pieces.push({ text: text.slice(from) });
  return pieces;
}

/** A frame on one line: line ends become signs, the rest stays as it came. */
export function oneLine(text: string): string {
  return text.replace(/\r\n|\n|\r/g, (end) => (end === "\n" ? "⏎" : end === "\r" ? "␍" : "␍⏎"));
}
