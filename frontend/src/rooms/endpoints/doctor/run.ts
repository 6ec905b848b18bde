/** Examinations as they go on: one per endpoint, kept while the room is open. Tested without React. */

import { create } from "zustand";
import { lines, problemOf } from "../../../api/client";
import type { Problem, Step } from "../../../api/types";

export const STEPS = [
  "key",
  "address",
  "dns",
  "tcp",
  "tls",
  "http",
  "accepted",
  "list",
  "model",
  "chat",
  "stream",
  "usage",
] as const;

export interface Run {
  steps: Step[];
  running: boolean;
  /** Without a chat nothing is sent that could cost anything. */
  chat: boolean;
  /** That the examination itself did not come about. */
  problem: Problem | null;
  stopped: boolean;
}

interface Doctor {
  /** Which sheet is open: one endpoint, all of them, or none. */
  open: { name: string } | "all" | null;
  /** What "all" means, in the order of the list. */
  all: string[];
  runs: Record<string, Run>;
}

export const useDoctor = create<Doctor>()(() => ({ open: null, all: [], runs: {} }));

const stops = new Map<string, AbortController>();
const AT_ONCE = 3;

/** The steps with one more line: what begins is shown once, and replaced when it is over. */
export function withStep(steps: readonly Step[], step: Step): Step[] {
  return [...steps.filter((one) => one.name !== step.name), step];
}

export const failedOf = (run: Run | undefined): Step | undefined =>
  run?.steps.find((step) => step.state === "failed");
/** The remarks, less one that the failure has proved. */
export function warningsOf(run: Run | undefined): Step[] {
  const proved = failedOf(run)?.finding?.code;
  return run?.steps.filter((step) => step.state === "warn" && step.finding?.code !== (proved ?? null)) ?? [];
}

export function close(): void {
  useDoctor.setState({ open: null });
}

export function show(open: Doctor["open"]): void {
  useDoctor.setState({ open });
}

function put(name: string, change: Partial<Run>): void {
  useDoctor.setState(({ runs }) => {
    const run = runs[name];
    return run ? { runs: { ...runs, [name]: { ...run, ...change } } } : {};
  });
}

export function stop(name: string): void {
  stops.get(name)?.abort();
}

async function examine(name: string, chat: boolean): Promise<void> {
  stop(name);
  const leaving = new AbortController();
  stops.set(name, leaving);
  const begun: Run = { steps: [], running: true, chat, problem: null, stopped: false };
  useDoctor.setState(({ runs }) => ({ runs: { ...runs, [name]: begun } }));
  const path = `/api/endpoints/${encodeURIComponent(name)}/doctor`;
  try {
    for await (const step of lines<Step>(path, { chat }, leaving.signal)) {
      if (stops.get(name) !== leaving) return;
      const steps = useDoctor.getState().runs[name]?.steps ?? [];
      put(name, { steps: withStep(steps, step) });
    }
  } catch (error) {
    if (stops.get(name) !== leaving) return;
    if (leaving.signal.aborted) put(name, { stopped: true });
    else put(name, { problem: problemOf(error) });
  }
  const steps = useDoctor.getState().runs[name]?.steps ?? [];
  put(name, { running: false, steps: steps.filter((step) => step.state !== "running") });
}

/** Examines one endpoint and shows it. */
export function check(name: string, chat = true): Promise<void> {
  show({ name });
  return examine(name, chat);
}

/** Examines several, a few at a time, and shows a line for each. */
export async function checkAll(names: readonly string[], chat = true): Promise<void> {
  useDoctor.setState({ open: "all", all: [...names] });
  const waiting = [...names];
  const next = async (): Promise<void> => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) await examine(name, chat);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, next));
}
