/** A rule as it is typed, as it is sent, and when it strikes. */

import type { Fault, Rule, RuleBody } from "../../../api/types";
import { isOutage, readNumber } from "./faults";

const WEEK = 7 * 86_400;

/** The form's fields as text; "" is all dialects, all models, the usual number, no end. */
export interface RuleForm {
  fault: string;
  number: string;
  dialect: string;
  model: string;
  startsIn: string;
  lasts: string;
  percent: string;
  seed: string;
}

export const EMPTY_RULE: RuleForm = {
  fault: "",
  number: "",
  dialect: "",
  model: "",
  startsIn: "0",
  lasts: "60",
  percent: "100",
  seed: "0",
};

export type Wrong =
  | "fault"
  | "number"
  | "numberWhole"
  | "startsIn"
  | "lasts"
  | "lastsDoor"
  | "percent"
  | "seed";

/** What is sent, or the first thing that is wrong. */
export function readRule(form: RuleForm, fault: Fault | undefined): RuleBody | Wrong {
  if (!fault) return "fault";
  const argument = form.number.trim() === "" ? null : readNumber(form.number, fault);
  if (form.number.trim() !== "" && fault.argument && argument === null)
    return fault.argument.unit === "seconds" ? "number" : "numberWhole";
  const startsIn = numberIn(form.startsIn || "0");
  if (startsIn === null || startsIn < 0 || startsIn > WEEK) return "startsIn";
  const outage = isOutage(fault);
  const endless = form.lasts.trim() === "";
  if (endless && outage) return "lastsDoor";
  const lasts = endless ? null : numberIn(form.lasts);
  if (!endless && (lasts === null || lasts <= 0 || lasts > WEEK)) return "lasts";
  const percent = numberIn(form.percent);
  if (percent === null || percent <= 0 || percent > 100) return "percent";
  const seed = numberIn(form.seed || "0");
  if (seed === null || !Number.isSafeInteger(seed)) return "seed";
  return {
    fault: fault.name,
    argument: fault.argument ? argument : null,
    dialect: outage ? null : form.dialect || null,
    model: outage ? null : form.model || null,
    starts_in: startsIn,
    lasts,
    probability: outage ? 1 : percent / 100,
    seed,
  };
}

export interface When {
  word: "begins" | "beginsOpen" | "left" | "forever" | "ended";
  time: string;
  lasts: string;
}

/** When it strikes, as seen from this moment of the server's clock. */
export function whenOf(rule: Rule, now: number, clock: (at: number) => string): When {
  const { starts, ends } = rule;
  const lasts = ends === null ? "" : span(ends - (starts ?? now));
  if (rule.state === "over") return { word: "ended", time: ends === null ? "" : clock(ends), lasts };
  if (rule.state === "waiting" && starts !== null)
    return { word: ends === null ? "beginsOpen" : "begins", time: span(starts - now), lasts };
  return ends === null
    ? { word: "forever", time: "", lasts }
    : { word: "left", time: span(ends - now), lasts };
}

/** Whole seconds, minutes, hours or days, as exact as somebody who waits wants it. */
export function span(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 120) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 120) return whole % 60 ? `${minutes} min ${whole % 60} s` : `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`;
  return hours % 24 ? `${Math.floor(hours / 24)} d ${hours % 24} h` : `${Math.floor(hours / 24)} d`;
}

/** `50%`, or `12.5%`; nothing is rounded away. */
export function chance(probability: number): string {
  return `${Number((probability * 100).toFixed(4))}%`;
}

function numberIn(text: string): number | null {
  const trimmed = text.trim().replace(",", ".");
  const number = Number(trimmed);
  return trimmed !== "" && Number.isFinite(number) ? number : null;
}
