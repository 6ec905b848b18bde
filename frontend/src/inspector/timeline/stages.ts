/** The seven stages of a turn, each with how far it came. */

import type { AnyRecord, TraceRecords } from "../records";

export const STAGES = ["admit", "assemble", "route", "translate", "recall", "send", "settle"] as const;
export type StageName = (typeof STAGES)[number];
export type StageState = "done" | "failed" | "skipped" | "running" | "pending";

export interface Stage {
  name: StageName;
  state: StageState;
  seconds: number | null;
  /** The HTTP status where sending failed: more telling than how long it took. */
  status: number | null;
}

/**
 * A stage without a record was skipped when a later one has one, is running when it is the next of a
 * live turn, and was never reached when the turn is over.
 */
export function stagesOf(records: TraceRecords, live: boolean, elapsed: number): Stage[] {
  const by = new Map<string, AnyRecord[]>();
  for (const record of records.all) {
    if (record.stage) by.set(record.stage, [...(by.get(record.stage) ?? []), record]);
  }
  const furthest = Math.max(-1, ...STAGES.map((name, i) => (by.has(name) ? i : -1)));
  const stages: Stage[] = STAGES.map((name, i) => {
    const own = by.get(name) ?? [];
    const last = own.at(-1);
    const seconds = own.length ? own.reduce((sum, r) => sum + Math.max(0, r.ended - r.started), 0) : null;
    const status = last?.type === "attempt" && last.error ? (last.status ?? null) : null;
    if (!last) {
      const state = i < furthest ? "skipped" : live ? "pending" : "skipped";
      return { name, state, seconds: null, status };
    }
    if (live && last.ended <= 0) return { name, state: "running", seconds: elapsed, status };
    // The last stage writes down the failure of another; it did not fail itself.
    if (last.error && name !== "settle") return { name, state: "failed", seconds, status };
    const idle = last.type === "recalled" && !last.hit;
    return { name, state: idle ? "skipped" : "done", seconds, status };
  });
  if (live && !stages.some((stage) => stage.state === "running")) {
    const next = stages.find(
      (stage, i) => i > furthest && stage.state === "pending" && stage.name !== "recall",
    );
    const running = by.has("send") && !by.has("settle") ? stages[5] : next;
    if (running) {
      running.state = "running";
      running.seconds = elapsed;
    }
  }
  return stages;
}
