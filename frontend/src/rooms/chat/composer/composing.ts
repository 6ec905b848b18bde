import { create } from "zustand";
import type { Conversation, Model, Parameters } from "../../../api/types";
import { remember, remembered } from "../../../preferences";

/** What is being composed for one conversation; the key "" is the chat that has not begun. */
export interface Composing {
  draft: string;
  /** Chosen here and not sent yet; else the conversation's own model and preset hold. */
  model: string | null;
  preset?: string | null;
  parameters: Parameters;
}

const NOTHING: Composing = { draft: "", model: null, parameters: {} };

function restore(): Record<string, Composing> {
  try {
    return JSON.parse(remembered("composing") ?? "{}") as Record<string, Composing>;
  } catch {
    return {};
  }
}

export const useComposing = create<{ byConversation: Record<string, Composing> }>()(() => ({
  byConversation: restore(),
}));

export function composingOf(key: string): Composing {
  return useComposing.getState().byConversation[key] ?? NOTHING;
}

export function compose(key: string, change: Partial<Composing>): void {
  const byConversation = { ...useComposing.getState().byConversation };
  byConversation[key] = { ...composingOf(key), ...change };
  useComposing.setState({ byConversation });
  saveSoon();
}

let timer: ReturnType<typeof setTimeout> | undefined;

function save(): void {
  clearTimeout(timer);
  timer = undefined;
  const { byConversation } = useComposing.getState();
  const kept = Object.entries(byConversation).filter(
    ([, { draft, model, preset, parameters }]) => draft || model || preset || Object.keys(parameters).length,
  );
  remember("composing", JSON.stringify(Object.fromEntries(kept)));
}

function saveSoon(): void {
  timer ??= setTimeout(save, 300);
}

// A reload must not lose the last words typed.
window.addEventListener("pagehide", save);

export function useComposed(key: string): Composing {
  return useComposing((state) => state.byConversation[key]) ?? NOTHING;
}

/**
 * The model to send to: chosen here, the conversation's, for a new chat that of the latest one, else the
 * first that can be used. Practice comes last: whoever has a key wants to talk to what it opens. A new
 * chat never takes over a model with a fault: that is wanted anew each time.
 */
export function modelToUse(
  chosen: string | null,
  conversation: Conversation | undefined,
  latest: Conversation | undefined,
  models: Model[],
): string | null {
  const known = (id: string | null | undefined) => (id && modelOf(models, id) ? id : null);
  const usable = models.filter((model) => model.usable);
  const isUsable = (id: string | null | undefined) => usable.some((model) => model.id === id);
  if (known(chosen)) return chosen;
  if (conversation?.model) return conversation.model;
  if (latest?.model && isUsable(latest.model)) return latest.model;
  const first = usable.find(({ id }) => !isPractice(id, models)) ?? usable.find((model) => !model.aside);
  return first?.id ?? null;
}

/** The model of this id. What stands behind the colon of a practice model are switches: `pocket:cut`. */
export function modelOf(models: readonly Model[], id: string | null | undefined): Model | undefined {
  const listed = models.find((model) => model.id === id);
  const colon = id?.indexOf(":") ?? -1;
  if (listed || !id || colon < 0) return listed;
  const plain = models.find((model) => model.practice && !model.targets && model.id === id.slice(0, colon));
  return plain && withSwitches(plain, id.slice(colon + 1));
}

export function withSwitches(model: Model, switches: string): Model {
  return { ...model, id: `${model.id}:${switches}`, model: `${model.model}:${switches}` };
}

/** Whether a model is no real one. The list says so; a model that is not in it is judged by its endpoint. */
export function isPractice(id: string | null | undefined, models: readonly Model[]): boolean {
  return modelOf(models, id)?.practice ?? /^practice(-[a-z]+)?\//.test(id ?? "");
}
