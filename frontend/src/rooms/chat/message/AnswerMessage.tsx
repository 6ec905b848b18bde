import { PanelRight, RefreshCw } from "lucide-react";
import { memo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Message, Problem } from "../../../api/types";
import { keysOf } from "../../../app/keys";
import { sizeOf } from "../../../core/grown";
import { clock } from "../../../format";
import { Button } from "../../../ui/Button";
import { CopyButton } from "../../../ui/CopyButton";
import { FindingCard, ProblemCard } from "../../../ui/FindingCard";
import { IconButton } from "../../../ui/IconButton";
import { Tag } from "../../../ui/Tag";
import { Chip } from "../Chip";
import type { Choice } from "../composer/choice";
import { LazyMarkdown } from "../markdown/LazyMarkdown";
import { ModelPicker } from "../picker";
import { Branches } from "./Branches";
import { Marks } from "./Marks";
import { Reasoning } from "./Reasoning";
import { RegenerateMenu } from "./RegenerateMenu";
import { ToolCalls } from "./ToolCalls";

interface AnswerMessageProps {
  message: Message;
  /** The endpoint's name, beside the model's. */
  endpoint: string | null;
  open: boolean;
  last: boolean;
  onInspect: (traceId: string) => void;
  onRegenerate: (message: Message, other: Choice | null) => void;
}

export const AnswerMessage = memo(function AnswerMessage(props: AnswerMessageProps) {
  const { message, endpoint, open, last, onInspect, onRegenerate } = props;
  const { t } = useTranslation("chat");
  const live = message.state === "streaming";
  const inspect = () => message.trace_id && onInspect(message.trace_id);
  return (
    <article
      className="message answer"
      data-testid="message"
      data-role="assistant"
      data-state={message.state}
      data-message-id={message.id}
      data-open={open}
      data-last={last}
      aria-busy={live}
      aria-labelledby={`by-${message.id}`}
      tabIndex={-1}
    >
      <header className="who">
        <h2 id={`by-${message.id}`} className="cut">
          <b>{message.sender}</b>
          <span className="sr-only">, {clock(message.created_at)}</span>
        </h2>
        {endpoint ? <span className="cut">{endpoint}</span> : null}
        <span className="flex-1" />
        <span className="tools">
          <time className="mono pr-1 text-ink-3 max-tablet:hidden">{clock(message.created_at)}</time>
          {message.text || message.refusal ? (
            <CopyButton text={message.text || message.refusal} label={t("message.copy")} />
          ) : null}
          {live ? null : <RegenerateMenu message={message} onRegenerate={onRegenerate} />}
          {message.trace_id ? (
            <IconButton
              small
              className="inspect"
              label={t("message.inspect")}
              keys={keysOf("inspector")}
              aria-pressed={open}
              onClick={inspect}
            >
              <PanelRight size={14} strokeWidth={1.75} />
            </IconButton>
          ) : null}
        </span>
        <Branches message={message} />
        <i className="who-line" />
      </header>
      <Reasoning message={message} />
      <div className="say">
        {message.text ? <LazyMarkdown text={message.text} live={live && message.calls.length === 0} /> : null}
        {message.refusal ? <Refusal text={message.refusal} /> : null}
        {live && sizeOf(message) === 0 ? <span className="caret" aria-hidden="true" /> : null}
      </div>
      {message.calls.length ? <ToolCalls message={message} /> : null}
      <Ending message={message} onRegenerate={onRegenerate} last={last} />
      <div className="chip-row">
        <Chip message={message} open={open} onOpen={inspect} />
        <Marks message={message} open={open} onOpen={inspect} />
        {message.state === "stopped" ? <Tag mark="ring">{t("state.stopped")}</Tag> : null}
      </div>
    </article>
  );
});

/** The model's own words for declining, where its provider sends them apart from the text. */
function Refusal({ text }: { text: string }) {
  const { t } = useTranslation("chat");
  return (
    <div className="refusal" data-testid="refusal">
      <Tag tone="warn" mark="ring">
        {t("message.declined")}
      </Tag>
      <p dir="auto">{text}</p>
    </div>
  );
}

/** Whether the same request may go through later: then trying again is the next step, else a mere offer. */
function mayPass(problem: Problem | null): boolean {
  if (!problem || problem.blame === "network") return true;
  const status = problem.provider_status ?? problem.status;
  return status >= 500 || status === 408 || status === 429;
}

function OtherModel({ message, onRegenerate }: Pick<AnswerMessageProps, "message" | "onRegenerate">) {
  const { t } = useTranslation("chat");
  const [picking, setPicking] = useState(false);
  return (
    <>
      <Button onClick={() => setPicking(true)}>{t("message.otherModel")}</Button>
      {picking ? (
        <ModelPicker
          value={message}
          onClose={() => setPicking(false)}
          onChoose={(other) => onRegenerate(message, other)}
        />
      ) : null}
    </>
  );
}

/** How an answer that did not end well ended, in its own place. */
function Ending({
  message,
  last,
  onRegenerate,
}: Pick<AnswerMessageProps, "message" | "last" | "onRegenerate">) {
  const { t } = useTranslation("chat");
  const { state, problem } = message;
  if (state !== "failed" && state !== "partial") return null;
  const retry = (
    <>
      <Button kind={last && mayPass(problem) ? "ore" : "line"} onClick={() => onRegenerate(message, null)}>
        <RefreshCw size={16} strokeWidth={1.75} />
        {t("message.retry")}
      </Button>
      <OtherModel message={message} onRegenerate={onRegenerate} />
    </>
  );
  const note = state === "partial" ? t("message.partial") : undefined;
  return (
    <div className={message.text ? "mt-3" : "mt-1"}>
      {problem ? (
        <ProblemCard
          problem={problem}
          tone={state === "partial" ? "warn" : "error"}
          note={note}
          actions={retry}
        />
      ) : (
        <FindingCard
          tone={state === "partial" ? "warn" : "error"}
          title={t(state === "failed" ? "state.failed" : "message.cut")}
          fix={note}
          actions={retry}
        />
      )}
    </div>
  );
}
