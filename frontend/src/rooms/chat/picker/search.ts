import type { Conversation, Endpoint, Fault, Model } from "../../../api/types";
import { withSwitches } from "../composer/composing";

/** The key of the group of routes. No endpoint has a slash in its name. */
export const ROUTES = "routes/";

export interface ModelGroup {
  key: string;
  /** Null for the groups of recent ones and of routes. */
  endpoint: Pick<Endpoint, "name" | "label"> | null;
  models: Model[];
}

/** "under $0.50", "< 0,5", "menos de 0,50": a most for both prices per million tokens. */
const LIMIT = /(?:under|below|less than|menos de|<)\s*\$?\s*(\d+(?:[.,]\d+)?)/i;

/**
 * Models that match every word: by endpoint, by either name, by ability, or by price. Groups keep the
 * order of the configuration. What is kept aside is found by words alone; a practice model with a colon
 * behind it is offered with the switches of `faults` that begin like what follows.
 */
export function findModels(
  models: Model[],
  query: string,
  recent: string[],
  faults: readonly Fault[] = [],
): ModelGroup[] {
  const { words, most } = termsOf(query);
  const plain = models.filter(
    (model) =>
      words.every((word) => wordsOf(model).includes(word)) &&
      isUnder(model, most) &&
      (words.length > 0 || !model.aside),
  );
  // A colon alone tells nothing: Ollama's own models have one, as in `qwen3:8b`.
  const found = plain.length === 0 && hasSwitch(query) ? switched(models, query.trim(), faults) : plain;
  const groups = new Map<string, ModelGroup>();
  for (const model of found) {
    const key = model.targets ? ROUTES : model.endpoint;
    const group = groups.get(key) ?? {
      key,
      endpoint: model.targets ? null : { name: model.endpoint, label: model.endpoint_label },
      models: [],
    };
    group.models.push(model);
    groups.set(key, group);
  }
  const all = [...groups.values()];
  // While searching, the place of a model is its endpoint; shown twice it would only be counted twice.
  if (words.length || most !== null) return all;
  const latest = recent.flatMap((id) => found.filter((model) => model.id === id && model.usable)).slice(0, 4);
  return latest.length && models.length > 6 ? [{ key: "", endpoint: null, models: latest }, ...all] : all;
}

/** What a search asks for: words, and a most for both prices. */
export function termsOf(query: string): { words: string[]; most: number | null } {
  const limit = LIMIT.exec(query)?.[1];
  return {
    words: simplified(query.replace(LIMIT, "")).split(/\s+/).filter(Boolean),
    most: limit ? Number(limit.replace(",", ".")) : null,
  };
}

/** Whether a search may be for a model with a switch, as `pocket:cut`. */
export function hasSwitch(query: string): boolean {
  return /^\S+:\S*$/.test(query.trim());
}

/** `pocket:cu` is practice's own pocket with each switch that begins so; `practice-groq/pocket:cut` is Groq's. */
function switched(models: Model[], query: string, faults: readonly Fault[]): Model[] {
  const [, name = "", asked = ""] = /^([^:]*):(.*)$/.exec(query.toLowerCase()) ?? [];
  const plain = models.filter(
    (model) =>
      model.practice && !model.targets && (model.id === name || (model.model === name && !model.aside)),
  );
  return plain.flatMap((model) =>
    switchesFor(asked, faults).map((switches) => withSwitches(model, switches)),
  );
}

const LAST = /^(.*,)?(flaky-)?([^,]*)$/;

/** What was typed, and the ways to go on with the last of its switches. Other names for one are found by typing. */
export function switchesFor(asked: string, faults: readonly Fault[]): string[] {
  const [, before = "", half = "", last = ""] = LAST.exec(asked) ?? [];
  const names = faults
    .filter((fault) => fault.by === "switch")
    .flatMap(({ name, aliases }) => (last ? [name, ...aliases] : [name]));
  const begun = names.filter((name) => name.startsWith(last));
  const complete = last.includes("=") && names.includes(last.replace(/=.*/, ""));
  return (complete ? [last, ...begun] : begun).map((way) => `${before}${half}${way}`);
}

/** The fault behind the last switch of a model's name. */
export function faultOf(id: string, faults: readonly Fault[] = []): Fault | undefined {
  const name = LAST.exec(/:(.*)$/.exec(id)?.[1] ?? "")?.[3]?.replace(/=.*/, "");
  return faults.find((fault) => fault.name === name || (name && fault.aliases.includes(name)));
}

/** The models of the latest conversations, each once; a preset's model was not chosen by itself. */
export function recentModels(conversations: Conversation[]): string[] {
  const sorted = [...conversations].sort((a, b) => b.updated_at - a.updated_at);
  return [...new Set(sorted.flatMap(({ model, preset }) => (model && !preset ? [model] : [])))];
}

/** Whether its answers carry a name that neither the model's id nor its group tells. */
export function hasOwnName(model: Model): boolean {
  return ![model.model, model.id, model.endpoint_label].includes(model.display_label);
}

function wordsOf(model: Model): string {
  const abilities = Array.isArray(model.abilities.value) ? model.abilities.value.join(" ") : "";
  const targets = model.targets?.map(({ id }) => id).join(" ") ?? "";
  return simplified(`${model.id} ${model.endpoint_label} ${model.display_label} ${abilities} ${targets}`);
}

export function isUnder(model: Model, most: number | null): boolean {
  if (most === null) return true;
  const prices = [model.input_usd_per_mtok.value, model.output_usd_per_mtok.value];
  return prices.every((price) => price !== null && price <= most);
}

export function simplified(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}
