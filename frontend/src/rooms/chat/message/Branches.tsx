import { ChevronLeft, ChevronRight } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useShallow } from "zustand/react/shallow";
import type { Message } from "../../../api/types";
import { keysOf } from "../../../app/keys";
import { chooseBranch, useStore } from "../../../core/store";
import { branchOf } from "../../../core/tree";
import { IconButton } from "../../../ui/IconButton";

/** Which of the answers (or questions) that stand in one place is shown; nothing where there is one. */
export function Branches({ message }: { message: Message }) {
  const { t } = useTranslation("chat");
  const owner = message.conversation_id;
  const branch = useStore(
    useShallow((state) => {
      const tree = state.trees[owner];
      return tree ? branchOf(tree, message.id) : null;
    }),
  );
  if (!branch || branch.of < 2) return null;
  const go = (id: string | null) => id && void chooseBranch(owner, id);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would be for a form
    <span role="group" aria-label={t("branch.label")} className="branches">
      <IconButton
        small
        label={t("branch.previous")}
        keys={keysOf("previousBranch")}
        data-testid="branch-prev"
        aria-disabled={!branch.previous}
        onClick={() => go(branch.previous)}
      >
        <ChevronLeft size={14} strokeWidth={1.75} />
      </IconButton>
      <span className="mono" data-testid="branch-count">
        {branch.number}/{branch.of}
      </span>
      <IconButton
        small
        label={t("branch.next")}
        keys={keysOf("nextBranch")}
        data-testid="branch-next"
        aria-disabled={!branch.next}
        onClick={() => go(branch.next)}
      >
        <ChevronRight size={14} strokeWidth={1.75} />
      </IconButton>
    </span>
  );
}
