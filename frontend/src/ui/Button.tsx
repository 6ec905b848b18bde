import type { ComponentProps } from "react";

export type ButtonKind = "line" | "ore" | "bare";

export interface ButtonProps extends ComponentProps<"button"> {
  /** `ore` is the one next step of a room; there is at most one, and none when nothing is to be done. */
  kind?: ButtonKind;
  small?: boolean;
}

export function Button({ kind = "line", small = false, className = "", ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      className={`btn ${kind === "line" ? "" : kind} ${small ? "sm" : ""} ${className}`}
      {...rest}
    />
  );
}
