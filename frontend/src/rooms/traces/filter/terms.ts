/**
 * The filter as it is written: words and `key:value` terms. Only their places and parts are read here, to
 * draw them and to add or take away one; what they mean, and whether they are right, the server says.
 */

export interface Token {
  from: number;
  to: number;
  text: string;
  negated: boolean;
  /** null for a word. */
  key: string | null;
  /** What stands behind the key's colon, or the word; without quotes. */
  value: string;
  /** Where the value begins in the whole text. */
  valueFrom: number;
}

const KEY = /^([a-z_]{2,}):(?!\/\/)/i;

/** Splits at blanks that stand outside of quotes. */
export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    if (/\s/.test(text.charAt(at))) {
      at += 1;
      continue;
    }
    const from = at;
    let quoted = false;
    while (at < text.length && (quoted || !/\s/.test(text.charAt(at)))) {
      if (text.charAt(at) === "\\" && quoted) at += 1;
      else if (text.charAt(at) === '"') quoted = !quoted;
      at += 1;
    }
    tokens.push(tokenOf(text.slice(from, at), from));
  }
  return tokens;
}

function tokenOf(text: string, from: number): Token {
  const negated = text.length > 1 && text.startsWith("-");
  const rest = negated ? text.slice(1) : text;
  const key = KEY.exec(rest)?.[1] ?? null;
  const before = (negated ? 1 : 0) + (key === null ? 0 : key.length + 1);
  return {
    from,
    to: from + text.length,
    text,
    negated,
    key: key?.toLowerCase() ?? null,
    value: unquoted(text.slice(before)),
    valueFrom: from + before,
  };
}

function unquoted(value: string): string {
  if (!value.startsWith('"')) return value;
  const end = value.endsWith('"') && value.length > 1 ? value.length - 1 : value.length;
  return value.slice(1, end).replace(/\\(["\\])/g, "$1");
}

/** A value that the server reads as one, whatever is in it. */
export function quoted(value: string): string {
  // Commas make lists, two points a range, a star any letters, and a sign in front a comparison.
  if (/^[^\s",<>=*\\-][^\s",*\\]*$/.test(value) && !value.includes("..")) return value;
  return `"${value.replace(/(["\\])/g, "\\$1")}"`;
}

export function termOf(key: string, value: string, negated = false): string {
  return `${negated ? "-" : ""}${key}:${quoted(value)}`;
}

/** Keys that hold one value of a trace: a second one would find nothing, so it takes the first one's place. */
const SINGLE = new Set([
  "model",
  "endpoint",
  "caller",
  "status",
  "outcome",
  "key",
  "conversation",
  "since",
  "until",
]);

/** The filter with a term more; its opposite, and another value of the same single key, go. */
export function withTerm(text: string, key: string, value: string, negated = false): string {
  const stays = tokensOf(text).filter((token) => {
    if (token.key !== key) return true;
    if (token.value === value) return false;
    return negated || token.negated || !SINGLE.has(key);
  });
  return [...stays.map((token) => token.text), termOf(key, value, negated)].join(" ");
}

export function withoutKeys(text: string, ...keys: string[]): string {
  return tokensOf(text)
    .filter((token) => token.key === null || !keys.includes(token.key))
    .map((token) => token.text)
    .join(" ");
}

export function withoutTerm(text: string, key: string, value: string): string {
  return tokensOf(text)
    .filter((token) => token.key !== key || token.value !== value || token.negated)
    .map((token) => token.text)
    .join(" ");
}

export function hasTerm(text: string, key: string, value: string): boolean {
  return tokensOf(text).some((token) => token.key === key && token.value === value && !token.negated);
}

/** The value of a term that is not negated, the last one's if there are several. */
export function termValue(text: string, key: string): string | null {
  return tokensOf(text).findLast((token) => token.key === key && !token.negated)?.value ?? null;
}

/** Whether the term under the caret is still being written, so that no error need be shown yet. */
export function isUnfinished(text: string, caret: number): boolean {
  const token = tokensOf(text).find(({ from, to }) => from < caret && caret <= to);
  if (!token) return false;
  if ((token.text.match(/(?<!\\)"/g)?.length ?? 0) % 2) return true;
  return token.text === "-" || (token.key !== null && /^(?:[<>]=?|=)?$/.test(token.value));
}
