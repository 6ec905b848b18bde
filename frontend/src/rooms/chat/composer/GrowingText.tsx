import { type ComponentProps, type Ref, useLayoutEffect, useRef } from "react";

interface GrowingTextProps extends Omit<ComponentProps<"textarea">, "onChange" | "value" | "rows"> {
  value: string;
  onChange: (value: string) => void;
  label: string;
  /** So many lines, then it scrolls. */
  rows: number;
  inputRef?: Ref<HTMLTextAreaElement>;
}

/** A field that is as tall as its text. */
export function GrowingText({
  value,
  onChange,
  label,
  rows,
  inputRef,
  autoFocus,
  ...rest
}: GrowingTextProps) {
  const own = useRef<HTMLTextAreaElement | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the text is what makes the height change
  useLayoutEffect(() => {
    const area = own.current;
    if (!area) return;
    area.style.height = "0";
    const line = Number.parseFloat(getComputedStyle(area).lineHeight) || 24;
    area.style.height = `${Math.min(area.scrollHeight, line * rows)}px`;
    area.style.overflowY = area.scrollHeight > line * rows ? "auto" : "hidden";
  }, [value, rows]);
  useLayoutEffect(() => {
    if (!autoFocus || !own.current) return;
    own.current.focus();
    own.current.setSelectionRange(own.current.value.length, own.current.value.length);
  }, [autoFocus]);
  return (
    <textarea
      {...rest}
      ref={(element) => {
        own.current = element;
        if (typeof inputRef === "function") inputRef(element);
        else if (inputRef) inputRef.current = element;
      }}
      rows={1}
      dir="auto"
      value={value}
      aria-label={label}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}
