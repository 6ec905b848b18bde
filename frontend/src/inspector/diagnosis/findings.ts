/** Which findings a trace has, and what became of it. Pure. */

import type { Attempt, Decision, Finding, Problem, TraceRecords } from "../records";
import { translationOf } from "../records";

export interface Found {
  finding: Finding;
  /** The attempt that it speaks of, the last of several; none where it speaks of the whole turn. */
  attempt?: Attempt;
  /** Every attempt of which the same was found. */
  numbers: number[];
  decisions: readonly Decision[];
}

export interface Diagnosis {
  failures: Found[];
  /** What is odd about an answer that came all the same. */
  notices: Found[];
  problem: Problem | null;
}

const NONE: readonly Decision[] = [];

/** Findings of every attempt in the order of the turn, and the problem it ended with. */
export function diagnosisOf(records: TraceRecords): Diagnosis {
  const found: Found[] = records.attempts.flatMap((attempt) =>
    attempt.findings.map((finding) => ({
      finding,
      attempt,
      numbers: [attempt.number],
      decisions: translationOf(records, attempt)?.decisions ?? NONE,
    })),
  );
  const last = records.attempts.at(-1);
  for (const finding of records.settled?.findings ?? []) {
    const decisions = translationOf(records, last)?.decisions ?? NONE;
    found.push({ finding, attempt: last, numbers: last ? [last.number] : [], decisions });
  }
  const all = once(found);
  const problem =
    records.settled?.error ?? [...records.all].reverse().find((record) => record.error)?.error ?? null;
  return {
    failures: all.filter(({ finding }) => finding.kind !== "notice"),
    notices: all.filter(({ finding }) => finding.kind === "notice"),
    // What an attempt stumbled over is not what the turn ended with, when a later one answered.
    problem: records.settled?.outcome === "complete" ? null : problem,
  };
}

/** The same words of the same endpoint, met again at the next try, are one finding. */
function once(found: readonly Found[]): Found[] {
  const joined: Found[] = [];
  for (const one of found) {
    const at = joined.findIndex(
      ({ finding, attempt }) =>
        finding.code === one.finding.code &&
        finding.evidence === one.finding.evidence &&
        attempt?.endpoint === one.attempt?.endpoint,
    );
    const before = joined[at];
    if (!before) {
      joined.push(one);
      continue;
    }
    // An attempt that was repaired on the way has less to offer than the one before it.
    const richer = (one.finding.fixes ?? []).length >= (before.finding.fixes ?? []).length ? one : before;
    joined[at] = { ...richer, numbers: [...before.numbers, ...one.numbers] };
  }
  return joined;
}

export function countOf({ failures, notices, problem }: Diagnosis): number {
  return failures.length + notices.length || (problem ? 1 : 0);
}

/** The evidence with the part of it that tells most: the parameter or model that it speaks of. */
export function tellingPart(finding: Finding): string | null {
  const names = finding.names ?? {};
  for (const name of ["parameter", "param", "field", "model", "wanted"]) {
    const value = names[name];
    if (value && value.length > 1 && finding.evidence.includes(value)) return value;
  }
  const fix = finding.fixes?.find((one) => one.type === "retry_without");
  return fix?.type === "retry_without" && finding.evidence.includes(fix.parameter) ? fix.parameter : null;
}
