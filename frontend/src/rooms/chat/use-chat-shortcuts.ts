import { type RefObject, useMemo } from "react";
import type { Message } from "../../api/types";
import { showPart } from "../../app/page-state";
import { useShortcuts } from "../../app/shortcuts";
import { chooseBranch, useStore } from "../../core/store";
import { activePath, branchOf, lastOf, type Tree } from "../../core/tree";
import { wantFocus } from "../../inspector/wanted";
import { copyText } from "../../ui/CopyButton";
import type { Choice } from "./composer/choice";
import type { TranscriptHandle } from "./Transcript";

interface ChatKeys {
  id: string;
  trace: string | null;
  input: RefObject<HTMLTextAreaElement | null>;
  transcript: RefObject<TranscriptHandle | null>;
  inspect: (trace: string | null) => void;
  onRegenerate: (message: Message, other: Choice | null) => void;
  closeInspector: () => void;
}

/** The shortcuts of the chat. They act on the message that has the focus, else on the last one. */
export function useChatShortcuts(keys: ChatKeys): void {
  const { id, trace, input, transcript, inspect, onRegenerate, closeInspector } = keys;
  const actions = useMemo(() => {
    const tree = () => useStore.getState().trees[id];
    const answer = () => {
      const now = tree();
      return now ? lastOf(now, "assistant") : null;
    };
    const branch = (step: "previous" | "next") => {
      const now = tree();
      const here = now ? (focused(now) ?? forked(now)) : null;
      const to = now && here ? branchOf(now, here.id)[step] : null;
      if (to) void chooseBranch(id, to);
    };
    const walk = (step: 1 | -1) => {
      const messageId = transcript.current?.walk(step);
      const found = messageId ? tree()?.messages[messageId]?.trace_id : null;
      if (trace && found) inspect(found);
    };
    return {
      composer: () => input.current?.focus(),
      picker: () => showPart("picker", true),
      copyAnswer: () => void copyText(answer()?.text ?? ""),
      copyCode: () => void copyText(lastCode(answer()?.text ?? "")),
      inspector: () => {
        const now = tree();
        const here = now ? focused(now) : null;
        const found = here?.trace_id ?? answer()?.trace_id ?? null;
        if (trace) closeInspector();
        else if (found) {
          wantFocus();
          inspect(found);
        }
      },
      previousBranch: () => branch("previous"),
      nextBranch: () => branch("next"),
      previousMessage: () => walk(-1),
      nextMessage: () => walk(1),
      regenerate: () => {
        const last = answer();
        if (last && last.state !== "streaming") onRegenerate(last, null);
      },
    };
  }, [id, trace, input, transcript, inspect, onRegenerate, closeInspector]);
  useShortcuts(actions);
}

function focused(tree: Tree): Message | null {
  const element = document.activeElement?.closest<HTMLElement>("[data-message-id]");
  return tree.messages[element?.dataset.messageId ?? ""] ?? null;
}

/** The last message that has siblings: what Alt with an arrow means when no message has the focus. */
function forked(tree: Tree): Message | null {
  const path = activePath(tree).reverse();
  const id = path.find((messageId) => branchOf(tree, messageId).of > 1);
  return id ? (tree.messages[id] ?? null) : null;
}

function lastCode(text: string): string {
  return [...text.matchAll(/```[^\n]*\n([\s\S]*?)```/g)].at(-1)?.[1]?.trimEnd() ?? "";
}
