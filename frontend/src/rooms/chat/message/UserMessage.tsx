import { Pencil } from "lucide-react";
import { memo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Message } from "../../../api/types";
import { clock } from "../../../format";
import { CopyButton } from "../../../ui/CopyButton";
import { IconButton } from "../../../ui/IconButton";
import { Branches } from "./Branches";
import { MessageEditor } from "./MessageEditor";

interface UserMessageProps {
  message: Message;
  /** Send a changed text as a sibling of this message. */
  onResend: (message: Message, text: string) => void;
  editing: boolean;
  onEdit: (messageId: string | null) => void;
}

export const UserMessage = memo(function UserMessage({
  message,
  onResend,
  editing,
  onEdit,
}: UserMessageProps) {
  const { t } = useTranslation("chat");
  return (
    <article
      className="message"
      data-testid="message"
      data-role="user"
      data-state={message.state}
      data-message-id={message.id}
      aria-labelledby={`by-${message.id}`}
      tabIndex={-1}
    >
      <h2 id={`by-${message.id}`} className="sr-only">
        {t("message.byYou", { time: clock(message.created_at) })}
      </h2>
      {editing ? (
        <MessageEditor
          text={message.text}
          onCancel={() => onEdit(null)}
          onSend={(text) => {
            onEdit(null);
            onResend(message, text);
          }}
        />
      ) : (
        <div className="ask">
          <Question text={message.text} />
          <div className="ask-tools">
            <Branches message={message} />
            <span className="tools">
              <CopyButton text={message.text} />
              <IconButton
                small
                label={t("message.edit")}
                data-testid="edit"
                onClick={() => onEdit(message.id)}
              >
                <Pencil size={14} strokeWidth={1.75} />
              </IconButton>
            </span>
          </div>
        </div>
      )}
    </article>
  );
});

const LONG = 1800;

/** What was asked, as it was typed; only code between backticks is set apart. Very long ones fold. */
function Question({ text }: { text: string }) {
  const { t } = useTranslation("chat");
  const [whole, setWhole] = useState(false);
  const folds = text.length > LONG || text.split("\n").length > 24;
  const shown = folds && !whole ? `${text.split("\n").slice(0, 16).join("\n").slice(0, 1200)} …` : text;
  return (
    <div className="ask-text" dir="auto">
      {shown
        .split(/(```[\s\S]*?```|`[^`\n]+`)/)
        .map((part, at) =>
          at % 2 ? (
            part.startsWith("```") ? (
              <pre key={at}>{part.replace(/^```[^\n]*\n?/, "").replace(/\n?```$/, "")}</pre>
            ) : (
              <code key={at}>{part.slice(1, -1)}</code>
            )
          ) : (
            part
          ),
        )}
      {folds ? (
        <button type="button" className="link ml-1 text-sm text-ink-2" onClick={() => setWhole(!whole)}>
          {whole ? t("message.less") : t("message.more")}
        </button>
      ) : null}
    </div>
  );
}
