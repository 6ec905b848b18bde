import { create } from "zustand";
import type { Conversation, Model, Parameters } from "../../../api/types";
import { remember, remembered } from "../../../preferences";

/** What is being composed for one conversation; the key "" is the chat that has not begun. */
export interface Composing {
  draft: string;
  /** Chosen here and not sent yet; else the conversation's own model holds. */
  model: string | null;
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
    ([, { draft, model, parameters }]) => draft || model || Object.keys(parameters).length,
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
 * first that can be used. Practice comes last: whoever has a key wants to talk to what it opens.
 */
export function modelToUse(
  chosen: string | null,
  conversation: Conversation | undefined,
  latest: Conversation | undefined,
  models: Model[],
): string | null {
  const known = (id: string | null | undefined) =>
    id && models.some((model) => model.id === id) ? id : null;
  const usable = models.filter((model) => model.usable);
  const isUsable = (id: string | null | undefined) => usable.some((model) => model.id === id);
  if (known(chosen)) return chosen;
  if (conversation?.model) return conversation.model;
  if (latest?.model && isUsable(latest.model)) return latest.model;
  return (usable.find((model) => !isPractice(model.id)) ?? usable[0])?.id ?? null;
}

export function isPractice(modelId: string | null | undefined): boolean {
  return modelId?.startsWith("practice/") ?? false;
}
