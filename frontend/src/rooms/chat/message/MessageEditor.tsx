import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../../../ui/Button";
import { GrowingText } from "../composer/GrowingText";
import { isComposing, isPlainEnter } from "../composer/ime";

interface MessageEditorProps {
  text: string;
  onSend: (text: string) => void;
  onCancel: () => void;
}

/** Edits a sent message in its own place. Sending makes a branch: the first one stays. */
export function MessageEditor({ text, onSend, onCancel }: MessageEditorProps) {
  const { t } = useTranslation("chat");
  const [draft, setDraft] = useState(text);
  const empty = draft.trim() === "";
  return (
    <div className="editor" data-testid="editor">
      <GrowingText
        value={draft}
        onChange={setDraft}
        label={t("message.editLabel")}
        rows={16}
        autoFocus
        onKeyDown={(event) => {
          if (event.key === "Escape" && !isComposing(event)) {
            event.stopPropagation();
            onCancel();
          } else if (isPlainEnter(event) && !empty) {
            event.preventDefault();
            onSend(draft);
          }
        }}
      />
      <div className="mt-2 flex items-center justify-end gap-2">
        <span className="mr-auto text-xs text-ink-3">{t("message.editNote")}</span>
        <Button onClick={onCancel}>{t("cancel", { ns: "common" })}</Button>
        <Button kind={empty ? "line" : "ore"} disabled={empty} onClick={() => onSend(draft)}>
          {t("message.resend")}
        </Button>
      </div>
    </div>
  );
}
