import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import { chosenLanguage } from "./preferences";

// Both languages are in the first download: together they weigh less than the round trip of a lazy one.
// Some come with what speaks them: inspector/strings.ts, rooms/endpoints/*/strings.ts.
const files = import.meta.glob<Record<string, unknown>>(
  [
    "./locales/*/*.json",
    "!./locales/*/practice.json",
    "!./locales/*/check.json",
    "!./locales/*/config.json",
    "!./locales/*/doctor.json",
    "!./locales/*/inspector.json",
  ],
  { eager: true, import: "default" },
);

const resources: Record<string, Record<string, Record<string, unknown>>> = {};
for (const [path, strings] of Object.entries(files)) {
  const [, language, namespace] = /locales\/(\w+)\/(\w+)\.json$/.exec(path) ?? [];
  if (language && namespace) resources[language] = { ...resources[language], [namespace]: strings };
}

export const LANGUAGES = ["en", "es"] as const;
export type Language = (typeof LANGUAGES)[number];

/** The first of the reader's languages that we speak. */
export function languageFor(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const base = tag.toLowerCase().split("-")[0];
    if (base === "en" || base === "es") return base;
  }
  return "en";
}

export function currentLanguage(): Language {
  const chosen = chosenLanguage();
  return chosen === "system" ? languageFor(navigator.languages ?? []) : chosen;
}

void i18next.use(initReactI18next).init({
  resources,
  lng: currentLanguage(),
  fallbackLng: "en",
  defaultNS: "common",
  interpolation: { escapeValue: false },
  returnNull: false,
});

i18next.on("languageChanged", (language) => {
  document.documentElement.lang = language;
});
document.documentElement.lang = i18next.language;

export default i18next;
