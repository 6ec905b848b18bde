/** What the model read, by where it came from. */

export interface Share {
  origin: string;
  tokens: number;
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

/** Shares in the order in which the origins first occur: the order of the context itself. */
export function sharesOf(parts: readonly { origin: string; tokens: number }[]): Share[] {
  const shares = new Map<string, Share>();
  let total = 0;
  for (const { origin, tokens } of parts) {
    const share = shares.get(origin) ?? {
      origin,
      tokens: 0,
      part: 0,
      stratum: stratumOf(origin),
    };
    share.tokens += tokens;
    total += tokens;
    shares.set(origin, share);
  }
  return [...shares.values()].map((share) => ({ ...share, part: total > 0 ? share.tokens / total : 0 }));
}
