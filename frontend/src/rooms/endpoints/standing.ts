/** Whether an endpoint is asked now, made out of how its keys stand. */

import type { KeyState, Standing } from "../../api/types";

export type KeyStanding = Standing["keys"][number];

export interface Resting {
  /** No key is left to ask with. */
  all: boolean;
  /** When the first of them is tried again; null while that is happening. */
  until: number | null;
  why: string | null;
  keys: KeyStanding[];
}

/** What is left alone of an endpoint; null where everything is asked as usual. */
export function restingOf(standing: Standing | undefined): Resting | null {
  const keys = standing?.keys.filter((key) => key.state !== "closed") ?? [];
  if (!standing || keys.length === 0) return null;
  const times = keys.map((key) => key.until ?? null);
  const known = times.filter((time) => time !== null);
  return {
    all: keys.length === standing.keys.length,
    until: known.length === times.length ? Math.min(...known) : null,
    why: keys[0]?.why ?? null,
    keys,
  };
}

/** The word for it: left alone for a while, or tried again by one request. */
export function wordOf({ until }: Resting): "standing.leftAlone" | "standing.onTrial" {
  return until === null ? "standing.onTrial" : "standing.leftAlone";
}

/** A key's name for people: its variable, or the letters that are shown of it. */
export function keyName({ variable, masked }: KeyState): string | null {
  return variable ?? masked;
}
