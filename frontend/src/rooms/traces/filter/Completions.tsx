import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { count } from "../../../format";
import type { Word } from "../api";

interface CompletionsProps {
  id: string;
  words: readonly Word[];
  /** Where the list begins: below the words it completes. */
  left: string;
  active: number;
  onTake: (word: Word) => void;
  onActive: (at: number) => void;
}

/** The words that the filter can go on with: keys with an example, values with how often they occur. */
export function Completions({ id, words, left, active, onTake, onActive }: CompletionsProps) {
  const { t, i18n } = useTranslation("traces");
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.children[active]?.scrollIntoView?.({ block: "nearest" });
  }, [active]);
  return (
    <div
      ref={list}
      id={`${id}-words`}
      role="listbox"
      aria-label={t("completions")}
      className="float tr-words"
      hidden={words.length === 0}
      style={{ left: `clamp(0px, ${left}, max(0px, 100% - 420px))` }}
    >
      {words.map((word, at) => {
        const key = `keys.${word.text.replace(/^-?(\w+):.*/, "$1")}`;
        const told = word.kind === "key" && i18n.exists(`traces:${key}`) ? t(key as "keys.model") : word.hint;
        return (
          // biome-ignore lint/a11y/useFocusableInteractive: the input keeps the focus
          // biome-ignore lint/a11y/useKeyWithClickEvents: the input takes the keys
          <div
            key={`${word.kind} ${word.text}`}
            id={`${id}-${at}`}
            role="option"
            aria-selected={at === active}
            data-active={at === active || undefined}
            // The press must not take the focus from the input.
            onPointerDown={(event) => event.preventDefault()}
            onPointerMove={() => at === active || onActive(at)}
            onClick={() => onTake(word)}
          >
            <code>{word.text}</code>
            <span className="cut font-sans text-ink-3">{told}</span>
            {typeof word.count === "number" ? <b className="mono">{count(word.count)}</b> : null}
          </div>
        );
      })}
    </div>
  );
}
