/**
 * YAML in colours, line by line, for looking at. It need not be right about every corner of YAML: whatever
 * it does not know is plain text, and what a value means is the server's to say.
 */

export type Kind = "key" | "string" | "number" | "comment" | "variable" | "sign" | "text";
export interface Token {
  kind: Kind;
  text: string;
}

/** What a line leaves open for the next one: a quote, or a block whose lines are indented further. */
interface Open {
  quote: '"' | "'" | null;
  block: number | null;
}

const KEY =
  /^("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s#"'[\]{},&*!|>%@`-][^#:,[\]{}]*?|-[^\s:#]+)(?=\s*:(?:\s|$))/;
const NUMBER =
  /^(?:true|false|True|False|TRUE|FALSE|null|Null|NULL|~|[-+]?(?:0x[\da-f]+|0o[0-7]+|0b[01]+|\d[\d_]*(?:\.\d*)?(?:e[-+]?\d+)?|\.\d+))(?=\s*(?:[,\]}#]|$))/i;
const BLOCK = /^[|>][-+]?\d?[-+]?(?=\s*(?:#|$))/;

export function tokenLines(lines: readonly string[]): Token[][] {
  let open: Open = { quote: null, block: null };
  return lines.map((line) => {
    const [tokens, next] = tokensOf(line, open);
    open = next;
    return tokens;
  });
}

function tokensOf(line: string, open: Open): [Token[], Open] {
  const indent = line.length - line.trimStart().length;
  if (open.block !== null && (line.trim() === "" || indent > open.block))
    return [withVariables(line, "string"), open];
  const tokens: Token[] = [];
  let rest = line;
  let block: number | null = null;
  const take = (kind: Kind, length: number) => {
    const text = rest.slice(0, length);
    if (kind === "string") tokens.push(...withVariables(text, kind));
    else if (text) tokens.push({ kind, text });
    rest = rest.slice(length);
  };
  if (open.quote) {
    const end = closing(rest, open.quote, 0);
    if (end < 0) return [withVariables(line, "string"), open];
    take("string", end);
  }
  let inFlow = 0;
  // The start of a value, where a key, a number or a quote may begin.
  let fresh = !open.quote;
  while (rest) {
    const blank = /^\s+/.exec(rest);
    if (blank) {
      take("text", blank[0].length);
      continue;
    }
    if (rest.startsWith("#") && (tokens.length === 0 || /\s$/.test(tokens.at(-1)?.text ?? ""))) {
      take("comment", rest.length);
      continue;
    }
    const key = fresh ? KEY.exec(rest) : null;
    if (key) {
      take("key", key[0].length);
      const colon = /^\s*:/.exec(rest);
      take("sign", colon?.[0].length ?? 0);
      continue;
    }
    const letter = rest[0] as string;
    if (fresh && (letter === '"' || letter === "'")) {
      const end = closing(rest, letter, 1);
      if (end < 0) {
        take("string", rest.length);
        return [tokens, { quote: letter, block: null }];
      }
      take("string", end);
      fresh = false;
      continue;
    }
    if (/^-(?=\s|$)/.test(rest) && fresh) {
      take("sign", 1);
      continue;
    }
    if (/[[\]{},]/.test(letter) && (inFlow > 0 || (fresh && /[[{]/.test(letter)))) {
      inFlow += /[[{]/.test(letter) ? 1 : letter === "," ? 0 : -1;
      take("sign", 1);
      fresh = true;
      continue;
    }
    const started = fresh ? BLOCK.exec(rest) : null;
    if (started) {
      take("sign", started[0].length);
      block = indent;
      continue;
    }
    const mark = fresh ? /^[&*!][^\s,[\]{}]*/.exec(rest) : null;
    if (mark) {
      take("sign", mark[0].length);
      continue;
    }
    const number = fresh ? NUMBER.exec(rest) : null;
    if (number) {
      take("number", number[0].length);
      fresh = false;
      continue;
    }
    take("string", plainLength(rest, inFlow > 0));
    fresh = false;
  }
  return [tokens, { quote: null, block }];
}

/** Behind the closing quote, or -1 where the line does not have it. */
function closing(text: string, quote: string, from: number): number {
  for (let at = from; at < text.length; at += 1) {
    if (quote === '"' && text[at] === "\\") at += 1;
    else if (text[at] === quote) {
      if (quote === "'" && text[at + 1] === "'") at += 1;
      else return at + 1;
    }
  }
  return -1;
}

/** A plain value ends at a comment, and in brackets at what divides them; not within a variable. */
function plainLength(text: string, inFlow: boolean): number {
  const end = inFlow ? /^(?:\$?\{[^{}]*\}|(?!\s#)[^,\]}])+/ : /^(?:(?!\s+#).)+/;
  return Math.max(1, (end.exec(text)?.[0] ?? "").trimEnd().length);
}

function withVariables(text: string, kind: Kind): Token[] {
  return text
    .split(/(\$\{\w+\})/)
    .map((part, at): Token => ({ kind: at % 2 ? "variable" : kind, text: part }))
    .filter((token) => token.text !== "");
}
