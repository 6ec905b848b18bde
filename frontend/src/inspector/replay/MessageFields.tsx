import { Plus, X } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Button } from "../../ui/Button";
import { IconButton } from "../../ui/IconButton";
import { Heading } from "../Section";
import type { Fault, TypedMessage } from "./draft";

interface MessageProps {
  messages: TypedMessage[];
  onMessages: (messages: TypedMessage[]) => void;
  faults: Fault[];
  autoFocus: boolean;
}

const ROLES = ["system", "developer", "user", "assistant", "tool"];
const MOST_ROWS = 10;

const rowsFor = (text: string) =>
  Math.min(
    MOST_ROWS,
    text.split("\n").reduce((sum, line) => sum + 1 + Math.floor(line.length / 90), 0),
  );

/** Every message of the body; what is more than a role and a text is typed as its JSON. */
export function MessageFields({ messages, onMessages, faults, autoFocus }: MessageProps) {
  const { t } = useTranslation("inspector");
  const put = (index: number, change: Partial<TypedMessage>) =>
    onMessages(messages.map((message, at) => (at === index ? { ...message, ...change } : message)));
  return (
    <section aria-label={t("replay.messages")}>
      <Heading title={t("replay.messages")} small={t("request.messages", { count: messages.length })} />
      <ol className="grid gap-3">
        {messages.map((message, index) => {
          const fault = faults.find((one) => one.at === "message" && one.index === index);
          const name = t("replay.messageName", { number: index + 1 });
          return (
            <li key={index}>
              <div className="mb-1 flex items-center gap-2">
                <span className="mono text-ink-3">{index + 1}</span>
                {message.role === null ? (
                  <span className="mono text-ink-3">JSON</span>
                ) : (
                  <select
                    className="field insp-role"
                    aria-label={t("replay.role", { name })}
                    value={message.role}
                    onChange={(event) => put(index, { role: event.target.value })}
                  >
                    {(ROLES.includes(message.role) ? ROLES : [message.role, ...ROLES]).map((role) => (
                      <option key={role}>{role}</option>
                    ))}
                  </select>
                )}
                <span className="flex-1" />
                <IconButton
                  small
                  label={t("replay.remove", { name })}
                  onClick={() => onMessages(messages.filter((_, at) => at !== index))}
                >
                  <X size={14} />
                </IconButton>
              </div>
              <textarea
                className={`field insp-area ${message.role === null ? "mono" : ""}`}
                aria-label={name}
                aria-invalid={fault ? true : undefined}
                rows={rowsFor(message.text)}
                // biome-ignore lint/a11y/noAutofocus: the form was opened to change this
                autoFocus={autoFocus && index === 0}
                value={message.text}
                dir="auto"
                onChange={(event) => put(index, { text: event.target.value })}
                data-testid={`replay-message-${index}`}
              />
              {fault ? <p className="text-xs text-error">{t("replay.fault.notJson")}</p> : null}
            </li>
          );
        })}
      </ol>
      <Button
        small
        kind="bare"
        className="mt-1.5"
        onClick={() => onMessages([...messages, { role: "user", text: "" }])}
      >
        <Plus size={14} aria-hidden="true" />
        {t("replay.addMessage")}
      </Button>
    </section>
  );
}
