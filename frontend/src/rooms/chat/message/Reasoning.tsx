import { ChevronRight, EyeOff } from "lucide-react";
import { useId, useLayoutEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Message } from "../../../api/types";
import { isThinking } from "../../../core/grown";
import { count, secondsShort } from "../../../format";
import { LazyMarkdown } from "../markdown/LazyMarkdown";
import { useSeconds } from "../use-seconds";

/** What the model thought, or that it thought and its provider does not show what. */
export function Reasoning({ message }: { message: Message }) {
  if (message.reasoning) return <Thought message={message} />;
  // A provider may count the tokens of a thought and keep the thought.
  return message.sealed || message.chip?.reasoning_tokens ? <Hidden message={message} /> : null;
}

/** Open while the model thinks, folded when it answers, as the reader left it after that. */
function Thought({ message }: { message: Message }) {
  const { t } = useTranslation("chat");
  const [choice, setChoice] = useState<boolean | null>(null);
  const id = useId();
  const thinking = isThinking(message);
  const open = choice ?? thinking;
  return (
    <div className="reasoning" data-testid="reasoning" data-open={open}>
      <button type="button" aria-expanded={open} aria-controls={id} onClick={() => setChoice(!open)}>
        <ChevronRight size={14} strokeWidth={1.75} aria-hidden="true" />
        {thinking ? t("reasoning.now") : labelOf(message, t)}
        {thinking ? <Timer since={message.thinking_since ?? message.created_at} /> : null}
        <Tokens message={message} />
      </button>
      <div id={id} hidden={!open}>
        {open ? <ThoughtText text={message.reasoning} live={thinking} /> : null}
      </div>
    </div>
  );
}

function labelOf({ chip }: Message, t: (key: string, named?: { time: string }) => string): string {
  // A summary is written after the thought: its time is not the thought's.
  if (chip?.thought_field === "summary") return t("reasoning.summary");
  return typeof chip?.thought === "number"
    ? t("reasoning.took", { time: secondsShort(chip.thought) })
    : t("reasoning.done");
}

function Hidden({ message }: { message: Message }) {
  const { t } = useTranslation("chat");
  return (
    <p className="reasoning reasoning-hidden" data-testid="reasoning">
      <EyeOff size={14} strokeWidth={1.75} aria-hidden="true" />
      {t(message.sealed ? "reasoning.sealed" : "reasoning.hidden")}
      <Tokens message={message} />
    </p>
  );
}

function Tokens({ message }: { message: Message }) {
  const { t } = useTranslation("chat");
  const tokens = message.chip?.reasoning_tokens;
  return tokens ? (
    <span className="mono text-ink-3">{t("reasoning.tokens", { figure: count(tokens) })}</span>
  ) : null;
}

function Timer({ since }: { since: number }) {
  const seconds = useSeconds(since);
  // Told once at the end: a reader of the screen must not hear it count.
  return (
    <span className="mono text-ink-3" aria-hidden="true">
      {seconds.toFixed(1)} s
    </span>
  );
}

// Zoomed pages have fractions of pixels; this is still the end.
const END = 3;

/** Follows its end while it is written and the reader has not gone up in it. */
function ThoughtText({ text, live }: { text: string; live: boolean }) {
  const { t } = useTranslation("chat");
  const box = useRef<HTMLDivElement>(null);
  const follows = useRef(live);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each piece of the text moves the end
  useLayoutEffect(() => {
    const at = box.current;
    if (at && live && follows.current) at.scrollTop = at.scrollHeight;
  }, [text, live]);
  const scrolled = () => {
    const at = box.current;
    if (at) follows.current = at.scrollHeight - at.clientHeight - at.scrollTop <= END;
  };
  return (
    <section
      className="reasoning-text"
      ref={box}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
      aria-label={t("reasoning.done")}
      onScroll={scrolled}
    >
      <LazyMarkdown text={text} live={live} />
    </section>
  );
}
