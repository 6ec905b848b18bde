/**
 * JSON laid out on lines while it is still being written. It never waits for an end: what has come so
 * far is laid out as it will stand in the whole, so that nothing moves when more comes. What is no JSON
 * is kept as it came.
 */

export type PieceKind = "key" | "string" | "number" | "literal" | "sign" | "space" | "odd";

export interface LaidPiece {
  kind: PieceKind;
  text: string;
}

const SPACE = /[ \t\n\r]+/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids bare controls in strings
const STRING = /"(?:[^"\\\u0000-\u001f]|\\.)*(?:"|\\?$)/y;
const NUMBER = /-?[0-9][0-9.eE+-]*|-$/y;
const WORD = /[a-z]+/y;
const LITERALS = ["true", "false", "null"];

class Layout {
  readonly pieces: LaidPiece[] = [];
  private at = 0;
  private readonly open: string[] = [];
  /** A line or a blank that is written when something follows it. */
  private gap = "";
  private wantsKey = false;

  constructor(private readonly text: string) {}

  run(): LaidPiece[] {
    while (this.at < this.text.length) {
      if (this.take(SPACE)) continue;
      if (!this.step()) {
        this.put("odd", this.text.slice(this.at));
        break;
      }
    }
    return this.pieces;
  }

  private take(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.text);
    if (!match) return "";
    this.at = pattern.lastIndex;
    return match[0];
  }

  private put(kind: PieceKind, text: string): void {
    if (this.gap) this.pieces.push({ kind: "space", text: this.gap });
    this.gap = "";
    this.pieces.push({ kind, text });
  }

  private line(): string {
    return `\n${"  ".repeat(this.open.length)}`;
  }

  /** Takes one sign or value; false where there is none. */
  private step(): boolean {
    const character = this.text[this.at] ?? "";
    if ("{}[],:".includes(character)) {
      this.at += 1;
      this.sign(character);
      return true;
    }
    const string = this.take(STRING);
    if (string) {
      this.put(this.wantsKey ? "key" : "string", string);
      return true;
    }
    const number = this.take(NUMBER);
    if (number) {
      this.put("number", number);
      return true;
    }
    const before = this.at;
    const word = this.take(WORD);
    const known = LITERALS.some((literal) =>
      this.at === this.text.length ? literal.startsWith(word) : literal === word,
    );
    if (!word || !known) {
      this.at = before;
      return false;
    }
    this.put("literal", word);
    return true;
  }

  private sign(character: string): void {
    switch (character) {
      case "{":
      case "[":
        this.put("sign", character);
        this.open.push(character);
        this.gap = this.line();
        this.wantsKey = character === "{";
        break;
      case "}":
      case "]": {
        const empty = this.pieces.at(-1)?.text === this.open.pop();
        this.gap = empty ? "" : this.line();
        this.put("sign", character);
        this.wantsKey = false;
        break;
      }
      case ",":
        this.put("sign", character);
        this.gap = this.line();
        this.wantsKey = this.open.at(-1) === "{";
        break;
      default:
        this.put("sign", character);
        this.gap = " ";
        this.wantsKey = false;
    }
  }
}

export function layOut(text: string): LaidPiece[] {
  return new Layout(text).run();
}

/** The first pieces, up to so many lines and characters, and whether anything was left out. */
export function fold(
  pieces: readonly LaidPiece[],
  lines: number,
  characters: number,
): { shown: LaidPiece[]; folded: boolean } {
  const shown: LaidPiece[] = [];
  let room = characters;
  let line = 1;
  for (const piece of pieces) {
    if (piece.text.startsWith("\n")) line += 1;
    if (line > lines || room <= 0) return { shown, folded: true };
    shown.push(piece.text.length > room ? { ...piece, text: piece.text.slice(0, room) } : piece);
    room -= piece.text.length;
  }
  return { shown, folded: room < 0 };
}
