const ALLOWED = new Set(["http:", "https:", "mailto:"]);

/** The address if a reader may follow it, else null: a model's text must never run or fetch anything. */
export function safeLink(href: string | undefined): string | null {
  if (!href) return null;
  try {
    // A relative address would point into Filon itself, which no model can mean.
    const url = new URL(href);
    return ALLOWED.has(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

/** Whose server a picture would come from; the word shown in its place. */
export function hostOf(src: string | undefined): string | null {
  if (!src) return null;
  try {
    return new URL(src).host || null;
  } catch {
    return null;
  }
}
