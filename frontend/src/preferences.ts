/**
 * What a reader chooses about the page itself. Language and theme are kept in localStorage: they are no
 * secret and must be known before the first paint. Everything else of a session is in sessionStorage.
 */

export type Theme = "system" | "light" | "dark";
export type LanguageChoice = "system" | "en" | "es";

/** Storage can be forbidden or full; the page then works and merely forgets. */
function read(storage: () => Storage, key: string): string | null {
  try {
    return storage().getItem(key);
  } catch {
    return null;
  }
}

function write(storage: () => Storage, key: string, value: string | null): void {
  try {
    if (value === null) storage().removeItem(key);
    else storage().setItem(key, value);
  } catch {
    // See read().
  }
}

const local = () => window.localStorage;
const session = () => window.sessionStorage;

export function chosenTheme(): Theme {
  const theme = read(local, "filon.theme");
  return theme === "light" || theme === "dark" ? theme : "system";
}

export function chooseTheme(theme: Theme): void {
  write(local, "filon.theme", theme === "system" ? null : theme);
  applyTheme();
}

export function applyTheme(): void {
  const theme = chosenTheme();
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

export function chosenLanguage(): LanguageChoice {
  const language = read(local, "filon.language");
  return language === "en" || language === "es" ? language : "system";
}

export function chooseLanguage(language: LanguageChoice): void {
  write(local, "filon.language", language === "system" ? null : language);
}

/** Where the inspector stands. It is written on the page, for the style sheets of rooms. */
export function chosenSide(): "right" | "bottom" {
  const side = read(local, "filon.dock") === "bottom" ? "bottom" : "right";
  document.documentElement.dataset.dock = side;
  return side;
}

export function chooseSide(side: "right" | "bottom"): void {
  write(local, "filon.dock", side === "bottom" ? "bottom" : null);
  document.documentElement.dataset.dock = side;
}

/** A value that survives a reload of this tab and nothing more. */
export function remembered(key: string): string | null {
  return read(session, `filon.${key}`);
}

export function remember(key: string, value: string | null): void {
  write(session, `filon.${key}`, value);
}
