/** Stands in for tailwind-merge inside streamdown, whose own classes we do not use. */
export function twMerge(...classes: Array<string | null | undefined | false>): string {
  return classes.filter(Boolean).join(" ");
}
