/** Which marks an answer carries, and where each leads. Pure. */

import type { Chip } from "../../../api/types";

export interface Mark {
  kind: "dropped" | "changed" | "cut" | "answered" | "notices";
  /** Parameters, the model that answered, or the codes of findings. */
  names: string[];
  because: Record<string, string>;
  /** The section of the sheet that has the reason. */
  section: string;
}

/** Less reached the model than was asked. */
const CUT = new Set(["prompt_cut", "prompt_counted_short"]);
/** Said by the chip itself, or by the figures that are missing in it. */
const SAID = new Set(["cut_by_length", "usage_missing", "other_model"]);

export function marksOf(chip: Chip | null): Mark[] {
  if (!chip) return [];
  const { dropped, changed, because, notices, answered } = chip;
  const cut = notices.filter((code) => CUT.has(code));
  const others = notices.filter((code) => !CUT.has(code) && !SAID.has(code));
  const marks: Mark[] = [
    { kind: "dropped", names: dropped, because, section: "parameters" },
    { kind: "answered", names: answered ? [answered] : [], because: {}, section: "diagnosis" },
    { kind: "cut", names: cut, because: {}, section: "diagnosis" },
    { kind: "notices", names: others, because: {}, section: "diagnosis" },
    { kind: "changed", names: changed, because, section: "parameters" },
  ];
  return marks.filter((mark) => mark.names.length > 0);
}
