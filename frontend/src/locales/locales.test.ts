import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const folder = join(process.cwd(), "src/locales");

function keysOf(value: unknown, path = ""): string[] {
  if (typeof value !== "object" || value === null) return [path];
  return Object.entries(value).flatMap(([key, inner]) => keysOf(inner, path ? `${path}.${key}` : key));
}

function placesOf(value: unknown, path = ""): Array<[string, string[]]> {
  if (typeof value === "string")
    return [[path, [...value.matchAll(/{{(\w+)}}/g)].map((m) => m[1] ?? "").sort()]];
  return Object.entries(value as object).flatMap(([key, inner]) => placesOf(inner, `${path}.${key}`));
}

/** Spanish has a plural form for millions that English lacks. */
function inCommon(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).filter(([key]) => !key.endsWith("_many"));
  return Object.fromEntries(kept.map(([key, inner]) => [key, inCommon(inner)]));
}

const strings = (language: string, file: string) =>
  JSON.parse(readFileSync(join(folder, language, file), "utf8")) as unknown;

describe("languages", () => {
  it("have the same files", () => {
    expect(readdirSync(join(folder, "es")).sort()).toEqual(readdirSync(join(folder, "en")).sort());
  });

  it.each(readdirSync(join(folder, "en")))("have the same keys and places in %s", (file) => {
    expect(keysOf(inCommon(strings("es", file))).sort()).toEqual(keysOf(strings("en", file)).sort());
    expect(placesOf(inCommon(strings("es", file))).sort()).toEqual(placesOf(strings("en", file)).sort());
  });

  it.each(["en", "es"])("have every plural form of %s", (language) => {
    const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
    for (const file of readdirSync(join(folder, language))) {
      const keys = keysOf(strings(language, file));
      for (const key of keys.filter((one) => one.endsWith("_one")))
        for (const form of forms) expect(keys).toContain(key.replace(/_one$/, `_${form}`));
    }
  });
});

/** Words between tags, and in the attributes that are read out: they must come from the files. */
const IN_JSX = />\s*[A-Z][a-z]+(?: [a-z]+)*[.!?]?\s*<\//;
const IN_ATTRIBUTE = /\b(?:aria-label|title|placeholder|alt|label)="[^"{]*[a-z]{3}[^"]*"/;

function sources(path: string): string[] {
  return readdirSync(path, { withFileTypes: true }).flatMap((entry) => {
    const inner = join(path, entry.name);
    if (entry.isDirectory()) return sources(inner);
    return entry.name.endsWith(".tsx") && !entry.name.endsWith(".test.tsx") ? [inner] : [];
  });
}

describe("components", () => {
  it.each(sources(join(process.cwd(), "src")))("%s has no words of its own", (file) => {
    const text = readFileSync(file, "utf8").replace(/<kbd>[^<]*<\/kbd>/g, "");
    expect(IN_JSX.exec(text)?.[0] ?? null).toBeNull();
    expect(IN_ATTRIBUTE.exec(text)?.[0] ?? null).toBeNull();
  });
});
