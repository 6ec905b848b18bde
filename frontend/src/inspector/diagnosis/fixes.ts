/** What the button of a fix sends. Pure. */

import type { Decision, Fix } from "../records";
import type { Changes, Manner } from "../replay/api";

export interface Resend {
  manner: Manner;
  changes: Changes;
}

/**
 * A parameter that was asked for is left out under the name it was asked by; one that only the
 * configuration adds stands on the wire alone, and can be left out only there.
 */
export function without(parameter: string, decisions: readonly Decision[]): Resend {
  const found = decisions.find((one) => (one.sent_as ?? one.name) === parameter || one.name === parameter);
  const asked = found && found.wanted !== undefined && found.wanted !== null;
  if (found && !asked && found.decision !== "kept")
    return { manner: "wire", changes: { parameters: { [parameter]: null } } };
  return { manner: "asked", changes: { parameters: { [found?.name ?? parameter]: null } } };
}

/** The same value under the name that the provider wants, which is a matter of the wire alone. */
export function renamed(parameter: string, to: string, decisions: readonly Decision[]): Resend {
  const found = decisions.find((one) => (one.sent_as ?? one.name) === parameter);
  const value = found?.sent ?? found?.wanted ?? null;
  return { manner: "wire", changes: { parameters: { [parameter]: null, [to]: value } } };
}

/** The names under which the greatest length of an answer is asked for. */
const LENGTHS = ["max_completion_tokens", "max_tokens", "max_output_tokens", "maxTokens", "maxOutputTokens"];

/** A shorter answer, under the name that was asked by; else under the one on the wire. */
export function shorter(to: number, decisions: readonly Decision[]): Resend {
  const isLength = (name: string | null | undefined) => Boolean(name && LENGTHS.includes(name));
  const found = decisions.find((one) => isLength(one.name) || isLength(one.sent_as));
  const asked = found && found.wanted !== undefined && found.wanted !== null;
  if (found && !asked)
    return { manner: "wire", changes: { parameters: { [found.sent_as ?? found.name]: to } } };
  return { manner: "asked", changes: { parameters: { [found?.name ?? "max_tokens"]: to } } };
}

/** A model of the same endpoint: named with the endpoint, as everywhere. */
export function otherModel(name: string, endpoint: string): Resend {
  const model = name.startsWith(`${endpoint}/`) ? name : `${endpoint}/${name}`;
  return { manner: "asked", changes: { model } };
}

/** The models to offer, each once, the likeliest first. */
export function modelsOf(fix: Extract<Fix, { type: "use_model" }>): string[] {
  return [...new Set([fix.name, ...(fix.nearest ?? [])])].filter(Boolean).slice(0, 3);
}

/** Only addresses that a browser opens as pages; a provider's words could name any other. */
export function safePage(page: string): URL | null {
  try {
    const url = new URL(page);
    return url.protocol === "https:" || url.protocol === "http:" ? url : null;
  } catch {
    return null;
  }
}
