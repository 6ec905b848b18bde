import type { Preset } from "../../../api/types";

/** A preset's sign, drawn by the style sheet so that it is no part of a button's words: the letter of the provider its icon names, else of its own label. */
export function Monogram({ preset, className = "" }: { preset: Preset; className?: string }) {
  const [letter = "·"] = (preset.icon ?? preset.label).trim();
  return (
    <span className={`monogram ${className}`} data-letter={letter.toLocaleUpperCase()} aria-hidden="true" />
  );
}
