import type { Conversation, Endpoint, Model } from "../../../api/types";

export interface ModelGroup {
  key: string;
  /** Null for the group of recent ones. */
  endpoint: Pick<Endpoint, "name" | "label"> | null;
  models: Model[];
}

/** "under $0.50", "< 0,5", "menos de 0,50": a most for both prices per million tokens. */
const LIMIT = /(?:under|below|less than|menos de|<)\s*\$?\s*(\d+(?:[.,]\d+)?)/i;

/**
 * Models that match every word: by endpoint, by either name, by ability, or by price. Groups keep the
 * order of the configuration.
 */
export function findModels(models: Model[], query: string, recent: string[]): ModelGroup[] {
  const limit = LIMIT.exec(query)?.[1];
  const most = limit ? Number(limit.replace(",", ".")) : null;
  const words = plain(query.replace(LIMIT, "")).split(/\s+/).filter(Boolean);
  const found = models.filter(
    (model) => words.every((word) => wordsOf(model).includes(word)) && isUnder(model, most),
  );
  const groups = new Map<string, ModelGroup>();
  for (const model of found) {
    const group = groups.get(model.endpoint) ?? {
      key: model.endpoint,
      endpoint: { name: model.endpoint, label: model.endpoint_label },
      models: [],
    };
    group.models.push(model);
    groups.set(model.endpoint, group);
  }
  const all = [...groups.values()];
  // While searching, the place of a model is its endpoint; shown twice it would only be counted twice.
  if (words.length || most !== null) return all;
  const latest = recent.flatMap((id) => found.filter((model) => model.id === id && model.usable)).slice(0, 4);
  return latest.length && models.length > 6 ? [{ key: "", endpoint: null, models: latest }, ...all] : all;
}

/** The models of the latest conversations, each once. */
export function recentModels(conversations: Conversation[]): string[] {
  const sorted = [...conversations].sort((a, b) => b.updated_at - a.updated_at);
  return [...new Set(sorted.flatMap(({ model }) => (model ? [model] : [])))];
}

/** Whether its answers carry a name that neither the model's id nor its group tells. */
export function hasOwnName(model: Model): boolean {
  return ![model.model, model.id, model.endpoint_label].includes(model.display_label);
}

function wordsOf(model: Model): string {
  const abilities = Array.isArray(model.abilities.value) ? model.abilities.value.join(" ") : "";
  return plain(`${model.id} ${model.endpoint_label} ${model.display_label} ${abilities}`);
}

function isUnder(model: Model, most: number | null): boolean {
  if (most === null) return true;
  const prices = [model.input_usd_per_mtok.value, model.output_usd_per_mtok.value];
  return prices.every((price) => price !== null && price <= most);
}

function plain(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}
