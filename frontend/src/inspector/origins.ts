/** What the model read, by where it came from. */

export interface Share {
  origin: string;
  tokens: number;
  /** On the wire; null where it cannot be told which bytes are its. */
  bytes: number | null;
  /** Of the whole, 0 to 1. */
  part: number;
  stratum: number;
}

/** Strata of the context; an origin that this version does not know is graphite, the rest. */
const STRATUM: Record<string, number> = {
  "this message": 1,
  knowledge: 2,
  tools: 3,
  attachments: 4,
  history: 5,
  preset: 6,
  system: 6,
  request: 5,
  title: 6,
};

export function stratumOf(origin: string): number {
  return STRATUM[origin] ?? 6;
}

/**
 * The part of the context that a message is. A program brings all its messages itself: by their roles
 * and places they are the system prompt, what was said before, and what is asked now.
 */
export function partOf(origin: string, role: string, last: boolean): string {
  if (origin !== "request") return origin;
  if (role === "system" || role === "developer") return "system";
  return last ? "this message" : "history";
}

/** Shares in the order in which the origins first occur: the order of the context itself. */
export function sharesOf(
  parts: readonly { origin: string; tokens: number; bytes?: number | null }[],
): Share[] {
  const shares = new Map<string, Share>();
  let total = 0;
  for (const { origin, tokens, bytes } of parts) {
    const share = shares.get(origin) ?? {
      origin,
      tokens: 0,
      bytes: 0,
      part: 0,
      stratum: stratumOf(origin),
    };
    share.tokens += tokens;
    share.bytes = share.bytes === null || typeof bytes !== "number" ? null : share.bytes + bytes;
    total += tokens;
    shares.set(origin, share);
  }
  return [...shares.values()].map((share) => ({ ...share, part: total > 0 ? share.tokens / total : 0 }));
}
