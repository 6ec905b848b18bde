import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useStore } from "../../core/store";
import { writing } from "../../core/tree";
import { nextSentences } from "./speech";

// Long enough that two or three sentences come together.
const EVERY = 1500;

/** The polite region that speaks for the transcript, which is itself silent. */
export function Announcer({ conversationId }: { conversationId: string }) {
  const { t } = useTranslation("chat");
  const [words, setWords] = useState("");
  const live = useStore((state) => {
    const tree = state.trees[conversationId];
    return tree ? (writing(tree)?.id ?? null) : null;
  });
  const said = useRef(0);

  useEffect(() => {
    if (!live) return;
    said.current = 0;
    const current = () => useStore.getState().trees[conversationId]?.messages[live];
    setWords(t("announce.begins", { sender: current()?.sender ?? "" }));
    const speak = (ended: boolean) => {
      const message = current();
      if (!message) return;
      const next = nextSentences(message.text, said.current, ended);
      said.current = next.said;
      if (!ended) {
        if (next.words) setWords(next.words);
        return;
      }
      const names = message.calls.map((call) => call.name).join(", ");
      const asks = names ? t("announce.calls", { names }) : "";
      const ending = t(`announce.${message.state}`, { defaultValue: "" });
      setWords([next.words, message.refusal, asks, ending].filter(Boolean).join(" "));
    };
    const timer = setInterval(() => speak(false), EVERY);
    return () => {
      clearInterval(timer);
      speak(true);
    };
  }, [live, conversationId, t]);

  return (
    <div className="sr-only" role="status" aria-live="polite" data-testid="announcer">
      {words}
    </div>
  );
}
