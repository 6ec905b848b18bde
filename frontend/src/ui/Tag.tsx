import type { ReactNode } from "react";

export type Tone = "live" | "ok" | "warn" | "error" | "info" | "plain";

interface TagProps {
  tone?: Tone;
  /** A dot for states that pass, a square for failures, a ring for "works, but". */
  mark?: "dot" | "square" | "ring";
  children: ReactNode;
  className?: string;
}

const MARKS = { dot: "dot", square: "dot sq", ring: "dot ring" } as const;

export function Tag({ tone = "plain", mark, children, className = "" }: TagProps) {
  return (
    <span className={`tag ${className}`} data-tone={tone}>
      {mark ? (
        <span className={`${MARKS[mark]} ${tone === "live" ? "beat" : ""}`} aria-hidden="true" />
      ) : null}
      {children}
    </span>
  );
}
