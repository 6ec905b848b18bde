/**
 * JSON as it stands in a body: keys in order, doubled keys kept, numbers as they were written.
 * `JSON.parse` would round 9007199254740993 and drop the first of two equal keys, and then the
 * inspector would show something that was never sent.
 */

export interface Member {
  key: string;
  value: JsonNode;
}

export type JsonNode =
  | { kind: "object"; members: Member[] }
  | { kind: "array"; items: JsonNode[] }
  | { kind: "string"; value: string }
  | { kind: "number"; text: string }
  | { kind: "literal"; text: string };

/** Deeper than any honest body; a hostile one must not exhaust the stack. */
const DEEPEST = 200;

const SPACE = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const LITERAL = /true|false|null/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids bare controls in strings
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;

class Reader {
  private at = 0;

  constructor(private readonly text: string) {}

  whole(): JsonNode | null {
    const node = this.value(0);
    this.take(SPACE);
    return node && this.at === this.text.length ? node : null;
  }

  private take(pattern: RegExp): string | null {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.text);
    if (!match) return null;
    this.at = pattern.lastIndex;
    return match[0];
  }

  private skip(character: string): boolean {
    this.take(SPACE);
    if (this.text[this.at] !== character) return false;
    this.at += 1;
    return true;
  }

  private value(depth: number): JsonNode | null {
    if (depth > DEEPEST) return null;
    this.take(SPACE);
    if (this.skip("{")) return this.object(depth);
    if (this.skip("[")) return this.array(depth);
    const string = this.string();
    if (string !== null) return { kind: "string", value: string };
    const literal = this.take(LITERAL);
    if (literal) return { kind: "literal", text: literal };
    const number = this.take(NUMBER);
    return number ? { kind: "number", text: number } : null;
  }

  private string(): string | null {
    this.take(SPACE);
    const quoted = this.take(STRING);
    return quoted === null ? null : (JSON.parse(quoted) as string);
  }

  private object(depth: number): JsonNode | null {
    const members: Member[] = [];
    if (this.skip("}")) return { kind: "object", members };
    do {
      const key = this.string();
      if (key === null || !this.skip(":")) return null;
      const value = this.value(depth + 1);
      if (!value) return null;
      members.push({ key, value });
    } while (this.skip(","));
    return this.skip("}") ? { kind: "object", members } : null;
  }

  private array(depth: number): JsonNode | null {
    const items: JsonNode[] = [];
    if (this.skip("]")) return { kind: "array", items };
    do {
      const item = this.value(depth + 1);
      if (!item) return null;
      items.push(item);
    } while (this.skip(","));
    return this.skip("]") ? { kind: "array", items } : null;
  }
}

/** The tree of a JSON text, or null when it is not JSON. */
export function readJson(text: string): JsonNode | null {
  return new Reader(text).whole();
}

/** A tree back as text; equal trees give equal text. */
export function writeJson(node: JsonNode): string {
  switch (node.kind) {
    case "object":
      return `{${node.members.map((m) => `${JSON.stringify(m.key)}:${writeJson(m.value)}`).join(",")}}`;
    case "array":
      return `[${node.items.map(writeJson).join(",")}]`;
    case "string":
      return JSON.stringify(node.value);
    default:
      return node.text;
  }
}

export function sizeOf(node: JsonNode): number {
  if (node.kind === "object") return node.members.length;
  return node.kind === "array" ? node.items.length : 0;
}

export function isContainer(node: JsonNode): boolean {
  return node.kind === "object" || node.kind === "array";
}
