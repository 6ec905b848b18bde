/** What the model read, by where it came from. */

import type { SourcedMessage } from "./records";

export interface Share {
  origin: string;
  tokens: number;
  messages: number;
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
  system: 6,
  request: 5,
  title: 6,
};

export function stratumOf(origin: string): number {
  return STRATUM[origin] ?? 6;
}

/** Shares in the order in which the origins first occur: the order of the context itself. */
export function sharesOf(messages: readonly SourcedMessage[]): Share[] {
  const shares = new Map<string, Share>();
  let total = 0;
  for (const { origin, tokens } of messages) {
    const share = shares.get(origin) ?? {
      origin,
      tokens: 0,
      messages: 0,
      part: 0,
      stratum: stratumOf(origin),
    };
    share.tokens += tokens;
    share.messages += 1;
    total += tokens;
    shares.set(origin, share);
  }
  return [...shares.values()].map((share) => ({ ...share, part: total > 0 ? share.tokens / total : 0 }));
}
