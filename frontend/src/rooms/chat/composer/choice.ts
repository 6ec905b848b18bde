import type { Conversation, Model, Preset, PresetList } from "../../../api/types";
import { type Composing, modelToUse } from "./composing";

/** What answers: a model by its id, or a preset by its name, which then stands for its model. */
export interface Choice {
  model: string | null;
  preset: string | null;
}

export const NO_PRESETS: PresetList = { enforce: false, prioritize: true, added_endpoints: [], groups: [] };

const NOTHING: Choice = { model: null, preset: null };

export function allPresets(list: PresetList): Preset[] {
  return list.groups.flatMap(({ presets }) => presets);
}

export function presetOf(list: PresetList, name: string | null | undefined): Preset | undefined {
  return name ? allPresets(list).find((preset) => preset.name === name) : undefined;
}

export function choiceOf(preset: Preset): Choice {
  return { model: preset.target, preset: preset.name };
}

/** The part of a request that says what is to answer. */
export function asked({ model, preset }: Choice): { model?: string | null; preset?: string | null } {
  return preset ? { preset } : { model };
}

/**
 * What to send to: chosen here, else the conversation's own. A new chat begins with the default preset;
 * where there is none, with what the latest chat had, then with the soft default, then with the first
 * preset if presets come first, and last with a model. Where presets are enforced, nothing else counts.
 */
export function choiceToUse(
  composed: Pick<Composing, "model" | "preset">,
  conversation: Conversation | undefined,
  latest: Conversation | undefined,
  models: Model[],
  list: PresetList,
): Choice {
  const presets = allPresets(list);
  const ready = presets.filter((preset) => preset.state === "ready");
  const chosen = presetOf(list, composed.preset);
  if (chosen) return choiceOf(chosen);
  const plainly = (model: string | null) => (model && !list.enforce ? { model, preset: null } : null);
  if (!composed.model || list.enforce) {
    const own = presetOf(list, conversation?.preset);
    if (own) return choiceOf(own);
    if (!conversation || list.enforce) {
      const preset = presetToBegin(ready, latest, list);
      if (preset) return choiceOf(preset);
    }
  }
  return plainly(modelToUse(composed.model, conversation, latest, models)) ?? NOTHING;
}

function presetToBegin(
  ready: Preset[],
  latest: Conversation | undefined,
  list: PresetList,
): Preset | undefined {
  const named = ready.find((preset) => preset.is_default);
  const last = ready.find((preset) => preset.name === latest?.preset);
  if (named || last) return named ?? last;
  if (latest?.model && !list.enforce) return undefined;
  const first = list.prioritize || list.enforce ? ready.find((preset) => preset.in_menu) : undefined;
  return ready.find((preset) => preset.is_soft_default) ?? first;
}
