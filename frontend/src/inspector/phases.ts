/** What a turn spent its time on: the strata of a core, from an attempt's timing and frames. */

import type { Frame, Timing } from "./records";

export type PhaseKind =
  | "queue"
  | "limit"
  | "connect"
  | "sent"
  | "waiting"
  | "head"
  | "reasoning"
  | "tool"
  | "content"
  | "stall"
  | "failed";

export interface Phase {
  kind: PhaseKind;
  from: number;
  to: number;
}

/** The number of the stratum in the design language; 0 is failure, stalls have a look of their own. */
export const STRATUM: Record<Exclude<PhaseKind, "stall">, number> = {
  failed: 0,
  content: 1,
  waiting: 2,
  tool: 3,
  reasoning: 4,
  connect: 5,
  queue: 6,
  // Kinds that are told apart by their names alone share the stratum of what they belong to.
  sent: 5,
  head: 2,
  limit: 6,
};

const isNumber = (value: number | null | undefined): value is number =>
  typeof value === "number" && Number.isFinite(value);

/** What the reader saw in a frame, or null for heads, pings and closing frames. */
export function outputOf(kind: string): "content" | "reasoning" | "tool" | null {
  const tags = kind.split(" ");
  if (tags.includes("text") || tags.includes("refusal")) return "content";
  if (tags.includes("tool_call")) return "tool";
  if (tags.includes("reasoning")) return "reasoning";
  return null;
}

/** When the exchange was over, or how far it has come while it lives. */
export function endOf(timing: Timing, frames: readonly Frame[], now?: number): number {
  const last = frames.at(-1)?.at ?? 0;
  // A live attempt comes with the time of its last look as its end.
  if (isNumber(timing.ended)) return Math.max(timing.ended, now ?? 0, 0);
  const reached = [timing.first_output, timing.first_byte, timing.sent].filter(isNumber);
  return Math.max(last, now ?? 0, ...reached, 0);
}

/** When the connection stood, while nothing was sent over it yet. */
function connectedAt(timing: Timing): number | null {
  const steps = [timing.dns, timing.connect, timing.proxy, timing.tls].filter(isNumber);
  return steps.length ? steps.reduce((sum, step) => sum + step, 0) : null;
}

export interface Outline {
  timing: Timing;
  frames?: readonly Frame[];
  /** The exchange ended without an answer. */
  failed?: boolean;
  /** Seconds since the attempt began, while it lives. */
  now?: number;
  /** Tells connecting from sending, and waiting for the head of the reply from waiting for output. */
  fine?: boolean;
}

/**
 * The phases in order, without gaps. The time before the first output is split by `timing`; the
 * time after it by what the frames brought: the wait for a frame belongs to what that frame held.
 */
export function phasesOf({ timing, frames = [], failed = false, now, fine = false }: Outline): Phase[] {
  const end = endOf(timing, frames, now);
  const phases: Phase[] = [];
  let at = 0;
  const until = (kind: PhaseKind, to: number | null | undefined) => {
    if (!isNumber(to)) return;
    const stop = Math.min(Math.max(to, at), end);
    if (stop > at) {
      const last = phases.at(-1);
      if (last && last.kind === kind) last.to = stop;
      else phases.push({ kind, from: at, to: stop });
      at = stop;
    }
  };

  if (fine) {
    until("connect", connectedAt(timing));
    until("sent", timing.sent);
  }
  until("connect", timing.sent ?? connectedAt(timing));
  if (!isNumber(timing.first_output)) {
    until("waiting", isNumber(timing.first_byte) && failed ? timing.first_byte : end);
    // The reading of an error's body is short; it is drawn so that the failure can be seen.
    if (failed) phases.push({ kind: "failed", from: at, to: end });
    return phases;
  }
  if (fine) {
    until("waiting", timing.first_byte);
    until("head", timing.first_output);
  }
  until("waiting", timing.first_output);
  let kind: PhaseKind = "content";
  for (const frame of frames) {
    const seen = outputOf(frame.kind);
    if (!seen) continue;
    kind = seen;
    until(kind, frame.at);
  }
  until(kind, end);
  if (failed) phases.push({ kind: "failed", from: end, to: end });
  return phases;
}

/** What the turn waited for before an attempt: for a limit that the one before had met, or in line. */
export function waitBefore(before?: { status?: number | null; retry_after?: number | null }): PhaseKind {
  return before && (before.status === 429 || isNumber(before.retry_after)) ? "limit" : "queue";
}

/** An attempt's phases on the axis of its turn, behind the wait that came before it. */
export function placed(
  phases: readonly Phase[],
  offset: number,
  waited = 0,
  kind: PhaseKind = "queue",
): Phase[] {
  const moved = phases.map((phase) => ({ ...phase, from: phase.from + offset, to: phase.to + offset }));
  // A wait that nobody can see is none.
  if (waited < 0.001) return moved;
  return [{ kind, from: Math.max(0, offset - waited), to: offset }, ...moved];
}

/** The same phases with the stalls cut out of them, as a core is drawn. */
export function withStalls(
  phases: readonly Phase[],
  stalls: readonly { from: number; to: number }[],
): Phase[] {
  let cut = [...phases];
  for (const stall of stalls) {
    const next: Phase[] = [];
    let placed = false;
    for (const phase of cut) {
      if (phase.to <= stall.from || phase.from >= stall.to || phase.kind === "stall") {
        next.push(phase);
        continue;
      }
      if (phase.from < stall.from) next.push({ ...phase, to: stall.from });
      if (!placed) next.push({ kind: "stall", from: stall.from, to: stall.to });
      placed = true;
      if (phase.to > stall.to) next.push({ ...phase, from: stall.to });
    }
    cut = next;
  }
  return cut;
}

/** How long each kind took in all, in the order in which the kinds first occur. */
export function sumByKind(phases: readonly Phase[]): { kind: PhaseKind; seconds: number; at: number }[] {
  const sums = new Map<PhaseKind, { kind: PhaseKind; seconds: number; at: number }>();
  for (const phase of phases) {
    const sum = sums.get(phase.kind) ?? { kind: phase.kind, seconds: 0, at: phase.from };
    sum.seconds += phase.to - phase.from;
    sums.set(phase.kind, sum);
  }
  return [...sums.values()];
}
