import type { MathPlugin } from "streamdown";

let loading: Promise<MathPlugin> | null = null;

/** KaTeX and its faces weigh as much as the chat itself; they come with the first formula. */
export function loadMath(): Promise<MathPlugin> {
  loading ??= Promise.all([import("@streamdown/math"), import("katex/dist/katex.min.css")]).then(
    ([{ createMathPlugin }]) => createMathPlugin({ errorColor: "var(--error)" }) as MathPlugin,
  );
  return loading;
}

const CODE = /(```[\s\S]*?(?:```|$)|~~~[\s\S]*?(?:~~~|$)|`[^`\n]*`)/;

/** Many models write \( \) and \[ \]; markdown knows only $$. Code is left as it is. */
export function withDollars(text: string): string {
  if (!text.includes("\\(") && !text.includes("\\[")) return text;
  return text
    .split(CODE)
    .map((part, at) =>
      at % 2
        ? part
        : part
            .replace(/\\\[([\s\S]+?)\\\]/g, (_, math: string) => `\n$$\n${math.trim()}\n$$\n`)
            .replace(/\\\(([^\n]+?)\\\)/g, (_, math: string) => `$$${math.trim()}$$`),
    )
    .join("");
}

export function hasMath(text: string): boolean {
  return text.includes("$$");
}
