/**
 * What a screen reader is told of an answer, in whole sentences: a live region that changes with every
 * token either floods or silences it.
 */

/** The whole sentences of `text` from `said` on, and where they end. At the end of the answer, the rest too. */
export function nextSentences(text: string, said: number, ended: boolean): { words: string; said: number } {
  const rest = text.slice(said);
  if (ended) return { words: spoken(rest), said: text.length };
  let end = 0;
  for (const match of rest.matchAll(/[.!?…:](?=\s)|\n/g)) end = match.index + match[0].length;
  return { words: spoken(rest.slice(0, end)), said: said + end };
}

/** Without the signs of markdown, which would be read one by one. */
export function spoken(markdown: string): string {
  return markdown
    .replace(/!\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/^\s*(?:#{1,6}|>|[-*+]|\|?[\s:|-]+\|)\s/gm, "")
    .replace(/[*_`|]+/g, "")
    .replace(/\s+/g, " ")
    .trim();
}
