import type { Model, Preset, PresetList } from "../../../api/types";
import { modelOf } from "../composer/composing";
import { isUnder, type ModelGroup, ROUTES, simplified, termsOf } from "./search";

/** What is listed under one heading: presets, then models. */
export interface PickGroup {
  key: string;
  /** Null where the heading is the picker's own: `kind` says which. */
  label: string | null;
  kind: "presets" | "recent" | "routes" | "endpoint";
  endpoint: string | null;
  presets: Preset[];
  models: Model[];
}

/**
 * Presets and models in one list. A group of presets that has an endpoint's name stands with that
 * endpoint's models, any other has a heading of its own; the file says whether they come first.
 */
export function joined(list: PresetList, groups: ModelGroup[], models: Model[], query: string): PickGroup[] {
  const own: PickGroup[] = [];
  const nested = new Map<string, PickGroup>();
  for (const { label, endpoint, presets } of list.groups) {
    const found = presets.filter((preset) => preset.in_menu && matches(preset, label, models, query));
    if (!found.length) continue;
    const kind = endpoint ? "endpoint" : "presets";
    const key = endpoint ?? `presets:${label ?? ""}`;
    const group: PickGroup = { key, label, kind, endpoint, presets: found, models: [] };
    if (endpoint) nested.set(endpoint, group);
    else own.push(group);
  }
  const others: PickGroup[] = [];
  for (const { key, endpoint, models: found } of list.enforce ? [] : groups) {
    const group = endpoint ? nested.get(endpoint.name) : undefined;
    if (group) group.models = found;
    else
      others.push({
        key,
        label: endpoint?.label ?? null,
        kind: endpoint ? "endpoint" : key === ROUTES ? "routes" : "recent",
        endpoint: endpoint?.name ?? null,
        presets: [],
        models: found,
      });
  }
  const first = list.prioritize || list.enforce;
  return first ? [...own, ...nested.values(), ...others] : [...others, ...nested.values(), ...own];
}

/** Models as the presets leave them: only those of the added endpoints, if there are any, and routes are listed unasked. */
export function offered(list: PresetList, models: Model[]): Model[] {
  const { added_endpoints: added } = list;
  if (!added.length) return models;
  return models.map((model) =>
    model.targets || added.includes(model.endpoint) ? model : { ...model, aside: true },
  );
}

function matches(preset: Preset, group: string | null, models: Model[], query: string): boolean {
  const { words, most } = termsOf(query);
  const { name, label, description, target, endpoint_label } = preset;
  const text = simplified([name, label, description, group, target, endpoint_label].join(" "));
  if (!words.every((word) => text.includes(word))) return false;
  const model = modelOf(models, target);
  return most === null || (model !== undefined && isUnder(model, most));
}
