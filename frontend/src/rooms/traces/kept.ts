/** What a reader has chosen in this room, kept in this browser beyond the tab. */

/** Storage can be forbidden or full; the room then works and merely forgets. */
export function kept(name: string): string | null {
  try {
    return window.localStorage.getItem(`filon.traces.${name}`);
  } catch {
    return null;
  }
}

export function keep(name: string, value: string | null): void {
  try {
    if (value === null) window.localStorage.removeItem(`filon.traces.${name}`);
    else window.localStorage.setItem(`filon.traces.${name}`, value);
  } catch {
    // See kept().
  }
}
