import { Search, X } from "lucide-react";
import {
  type KeyboardEvent,
  type ReactNode,
  type Ref,
  useCallback,
  useEffect,
  useId,
  useImperativeHandle,
  useRef,
  useState,
} from "react";
import { useTranslation } from "react-i18next";
import { isComposing } from "../../chat/composer/ime";
import type { Word } from "../api";
import { Completions } from "./Completions";
import { type Fault, Marked } from "./Marked";
import { isUnfinished } from "./terms";
import { completed, useCompletion } from "./useCompletion";

interface FilterBoxProps {
  ref?: Ref<{ focus: () => void }>;
  /** The filter that the list shows. */
  value: string;
  onApply: (q: string) => void;
  /** What is wrong with it, and where. */
  fault: (Fault & { words: string }) | null;
  /** How many traces it finds. */
  children: ReactNode;
}

/** How long a pause in writing is, in milliseconds. */
const PAUSE = 350;

/** The filter as text: terms set off, completed by keyboard, a fault marked at its place. */
export function FilterBox({ ref, value, onApply, fault, children }: FilterBoxProps) {
  const { t } = useTranslation("traces");
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const back = useRef<HTMLDivElement>(null);
  const [text, setText] = useState(value);
  const [caret, setCaret] = useState(value.length);
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const applied = useRef(value);
  useImperativeHandle(ref, () => ({ focus: () => input.current?.focus() }));

  const apply = useCallback(
    (next: string) => {
      const q = next.trim();
      if (q === applied.current) return;
      applied.current = q;
      onApply(q);
    },
    [onApply],
  );
  // Another part of the page has changed the filter.
  useEffect(() => {
    if (value === applied.current) return;
    applied.current = value;
    setText(value);
    setCaret(value.length);
  }, [value]);
  useEffect(() => {
    if (isUnfinished(text, caret)) return;
    const timer = setTimeout(() => apply(text), PAUSE);
    return () => clearTimeout(timer);
  }, [text, caret, apply]);

  const words = useCompletion(text, caret, open);
  const shown = words.words;
  const take = (word: Word) => {
    const next = completed(text, words, word);
    setText(next.text);
    setActive(-1);
    if (word.kind === "value") apply(next.text);
    place(input.current, next, setCaret);
  };
  const clear = () => {
    setText("");
    apply("");
    input.current?.focus();
  };
  const pressed = (event: KeyboardEvent<HTMLInputElement>) => {
    if (isComposing(event)) return;
    const chosen = shown[active];
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by) {
      event.preventDefault();
      setOpen(true);
      if (shown.length)
        setActive((active + by + (active < 0 && by < 0 ? 1 : 0) + shown.length) % shown.length);
    } else if ((event.key === "Enter" || event.key === "Tab") && chosen && open) {
      event.preventDefault();
      take(chosen);
    } else if (event.key === "Enter") {
      setOpen(false);
      apply(text);
    } else if (event.key === "Escape" && open && shown.length) {
      event.preventDefault();
      setOpen(false);
      setActive(-1);
    }
  };

  const lead = text.length - text.trimStart().length;
  const wrong = fault && text.trim() === value ? { from: fault.from + lead, to: fault.to + lead } : null;
  const expanded = open && shown.length > 0;
  return (
    <div className="tr-box">
      <div className="field" aria-invalid={Boolean(wrong)}>
        <Search size={14} className="text-ink-3" aria-hidden="true" />
        <div className="tr-q">
          <div ref={back} className="tr-q-back" aria-hidden="true">
            <Marked text={text} fault={wrong} />
          </div>
          <input
            ref={input}
            type="text"
            role="combobox"
            value={text}
            placeholder={t("filterPlaceholder")}
            aria-label={t("filterLabel")}
            aria-expanded={expanded}
            aria-controls={`${id}-words`}
            aria-autocomplete="list"
            aria-activedescendant={expanded && active >= 0 ? `${id}-${active}` : undefined}
            aria-invalid={Boolean(wrong)}
            aria-describedby={wrong ? `${id}-fault` : undefined}
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            onChange={(event) => {
              setText(event.target.value);
              setCaret(event.target.selectionStart ?? event.target.value.length);
              setOpen(true);
              setActive(-1);
            }}
            onSelect={(event) => setCaret(event.currentTarget.selectionStart ?? text.length)}
            onScroll={(event) => back.current?.scrollTo({ left: event.currentTarget.scrollLeft })}
            onFocus={() => setOpen(true)}
            onBlur={() => {
              setOpen(false);
              setActive(-1);
              apply(text);
            }}
            onKeyDown={pressed}
          />
        </div>
        {children}
        {text ? (
          <button type="button" className="btn bare sm ic" aria-label={t("clear")} onClick={clear}>
            <X size={14} />
          </button>
        ) : null}
      </div>
      {wrong ? (
        <p className="tr-fault" id={`${id}-fault`} role="alert">
          {fault?.words}
        </p>
      ) : null}
      <Completions
        id={id}
        words={expanded ? shown : []}
        // In letters of the text, as far as it is scrolled.
        left={`calc(26px + ${words.from}ch - ${input.current?.scrollLeft ?? 0}px)`}
        active={active}
        onTake={take}
        onActive={setActive}
      />
    </div>
  );
}

/** Puts the caret where the writing goes on, once the input has its new text. */
function place(
  input: HTMLInputElement | null,
  next: { text: string; caret: number },
  setCaret: (caret: number) => void,
): void {
  setCaret(next.caret);
  requestAnimationFrame(() => {
    if (!input || input.value !== next.text) return;
    input.focus();
    input.setSelectionRange(next.caret, next.caret);
    input.scrollLeft = input.scrollWidth;
  });
}
