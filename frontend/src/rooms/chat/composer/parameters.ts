import type { Parameters } from "../../../api/types";

export interface ParameterField {
  name: string;
  kind: "number" | "whole" | "lines";
  least?: number;
  most?: number;
  step?: number;
}

/** The parameters a sender can set. Their limits are hints: what a provider allows, it will say. */
export const FIELDS: ParameterField[] = [
  { name: "temperature", kind: "number", least: 0, most: 2, step: 0.1 },
  { name: "top_p", kind: "number", least: 0, most: 1, step: 0.05 },
  { name: "max_tokens", kind: "whole", least: 1 },
  { name: "seed", kind: "whole" },
  { name: "frequency_penalty", kind: "number", least: -2, most: 2, step: 0.1 },
  { name: "presence_penalty", kind: "number", least: -2, most: 2, step: 0.1 },
  { name: "stop", kind: "lines" },
];

/** What was typed as the value to send; undefined for nothing, null for what is no such value. */
export function parseField(field: ParameterField, typed: string): unknown {
  const text = typed.trim();
  if (text === "") return undefined;
  if (field.kind === "lines") {
    const lines = typed.split("\n").filter((line) => line !== "");
    return lines.length ? lines.map(withBreaks) : undefined;
  }
  // Spanish keyboards have the comma on the number pad.
  const value = Number(text.replace(",", "."));
  if (!Number.isFinite(value) || (field.kind === "whole" && !Number.isInteger(value))) return null;
  return value;
}

/** A stop sequence is often a line break, which a line of text cannot hold. */
function withBreaks(line: string): string {
  return line.replaceAll("\\n", "\n").replaceAll("\\t", "\t");
}

export function showField(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (Array.isArray(value))
    return value.map((line) => String(line).replaceAll("\n", "\\n").replaceAll("\t", "\\t")).join("\n");
  return String(value);
}

/** The set parameters in a few characters, for the line beside the model: 0.7 · 2048 max · seed 7. */
export function summary(parameters: Parameters): string {
  const parts: string[] = [];
  for (const { name } of FIELDS) {
    const value = parameters[name];
    if (value === undefined) continue;
    if (name === "temperature") parts.push(String(value));
    else if (name === "max_tokens") parts.push(`${value} max`);
    else if (Array.isArray(value)) parts.push(`${name} ${value.length}`);
    else parts.push(`${name} ${value}`);
  }
  return parts.join(" · ");
}
