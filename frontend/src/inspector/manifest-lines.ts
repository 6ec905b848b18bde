/** The part of a manifest that a line belongs to. Pure. */

export interface Block {
  lines: { number: number; text: string }[];
  /** `source`, `seen` and `sure` of the block. */
  facts: Record<string, string>;
}

/** A manifest's blocks are set off by blank lines; a longer one is shown around its line. */
const MOST = 16;

export function blockAround(text: string, line: number): Block {
  const all = text.split(/\r?\n/);
  const at = Math.min(Math.max(line, 1), all.length) - 1;
  let from = at;
  while (from > 0 && all[from - 1]?.trim()) from -= 1;
  let to = at + 1;
  while (to < all.length && all[to]?.trim()) to += 1;
  const facts: Record<string, string> = {};
  for (const row of all.slice(from, to)) {
    const match = /^(source|seen|sure)\s*=\s*"((?:[^"\\]|\\.)*)"/.exec(row);
    if (match?.[1]) facts[match[1]] = match[2] ?? "";
  }
  if (to - from > MOST) {
    from = Math.max(from, at - MOST / 2);
    to = Math.min(to, from + MOST);
  }
  return {
    lines: all.slice(from, to).map((row, i) => ({ number: from + i + 1, text: row })),
    facts,
  };
}

/** The address that a source is, when it is one: `api-docs.deepseek.com/guides/thinking_mode`. */
export function linkOf(source: string | undefined): string | null {
  if (!source || /\s/.test(source)) return null;
  const url = /^https?:\/\//.test(source) ? source : `https://${source}`;
  return /^https?:\/\/[\w-]+(\.[\w-]+)+(\/[^\s]*)?$/.test(url) ? url : null;
}
