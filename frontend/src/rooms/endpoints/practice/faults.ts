/** Which faults are wanted, and how each is asked for. */

import type { Fault } from "../../../api/types";

export const GROUPS = ["refusals", "connection", "stream", "content"] as const;
export type Group = (typeof GROUPS)[number];

export const FAULT_HEADER = "x-practice-fault";
const MODEL = "pocket";

export interface Sentences {
  what: string;
  teaches: string;
}

/** Faults in which every word stands: in a name, or in a sentence of the reader's language. */
export function findFaults(
  faults: readonly Fault[],
  query: string,
  group: Group | null,
  say: (fault: Fault) => Sentences,
): Fault[] {
  const words = plain(query).split(/\s+/).filter(Boolean);
  return faults.filter((fault) => {
    if (group !== null && fault.group !== group) return false;
    const { what, teaches } = say(fault);
    const text = plain([fault.name, ...fault.aliases, what, teaches].join(" "));
    return words.every((word) => text.includes(word));
  });
}

/** `cut`, or `cut=5` where the number is not the usual one. */
export function switchOf(fault: Fault, number?: number): string {
  const usual = number === undefined || number === fault.argument?.usual;
  return usual || !fault.argument ? fault.name : `${fault.name}=${number}`;
}

/** The model that meets the fault; a door's endpoint shows it with any model. */
export function modelFor(fault: Fault, number?: number, half = false): string {
  if (fault.endpoint) return `${fault.endpoint}/${MODEL}`;
  return `practice/${MODEL}:${half ? "flaky-" : ""}${switchOf(fault, number)}`;
}

/** Whether a rule can carry it: a closed port can be an outage, a bad certificate cannot. */
export function canBeRule(fault: Fault): boolean {
  return fault.by === "switch" || isOutage(fault);
}

/** An outage closes the port for everybody, and has an end. */
export function isOutage(fault: Fault): boolean {
  return fault.by === "door" && fault.name === "closed";
}

/** The number that was typed, or null where the fault cannot take it. */
export function readNumber(text: string, fault: Fault): number | null {
  const takes = fault.argument;
  const number = Number(text.trim().replace(",", "."));
  if (!takes || text.trim() === "" || !Number.isFinite(number)) return null;
  if (number < takes.low || number > takes.high) return null;
  return takes.unit === "seconds" || Number.isInteger(number) ? number : null;
}

function plain(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}
