import { ChevronRight } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Message } from "../../../api/types";
import { count } from "../../../format";
import { LazyMarkdown } from "../markdown/LazyMarkdown";

/** What the model thought: open while it thinks, folded when it answers, as the reader left it after that. */
export function Reasoning({ message }: { message: Message }) {
  const { t } = useTranslation("chat");
  const [choice, setChoice] = useState<boolean | null>(null);
  const thinking = message.state === "streaming" && message.text === "";
  const open = choice ?? thinking;
  const tokens = message.chip?.reasoning_tokens;
  return (
    <div className="reasoning" data-open={open}>
      <button type="button" aria-expanded={open} onClick={() => setChoice(!open)}>
        <ChevronRight size={14} strokeWidth={1.75} aria-hidden="true" />
        {thinking ? t("reasoning.now") : t("reasoning.done")}
        {tokens ? (
          <span className="mono text-ink-3">{t("reasoning.tokens", { figure: count(tokens) })}</span>
        ) : null}
      </button>
      {open ? (
        <div className="reasoning-text">
          <LazyMarkdown text={message.reasoning} live={thinking} />
        </div>
      ) : null}
    </div>
  );
}
