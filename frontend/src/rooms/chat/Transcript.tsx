import { useQuery } from "@tanstack/react-query";
import { ArrowDown, X } from "lucide-react";
import { memo, useEffect, useImperativeHandle, useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useShallow } from "zustand/react/shallow";
import { modelsQuery } from "../../api/queries";
import type { Message } from "../../api/types";
import { type Queued, unqueue, useStore } from "../../core/store";
import { activePath } from "../../core/tree";
import { Button } from "../../ui/Button";
import { IconButton } from "../../ui/IconButton";
import { Tag } from "../../ui/Tag";
import type { Choice } from "./composer/choice";
import { compose, modelOf } from "./composer/composing";
import { AnswerMessage } from "./message/AnswerMessage";
import { UserMessage } from "./message/UserMessage";
import { usePinned } from "./use-pinned";

export interface TranscriptHandle {
  toBottom: () => void;
  /** Move the focus to the message before or after; gives its id. */
  walk: (step: 1 | -1) => string | null;
}

interface TranscriptProps {
  conversationId: string;
  handle: React.Ref<TranscriptHandle>;
  /** The trace that is open in the inspector. */
  trace: string | null;
  editing: string | null;
  onEdit: (messageId: string | null) => void;
  onInspect: (traceId: string) => void;
  onRegenerate: (message: Message, other: Choice | null) => void;
  onResend: (message: Message, text: string) => void;
}

export function Transcript(props: TranscriptProps) {
  const { conversationId, handle, trace, editing, onEdit, onInspect, onRegenerate, onResend } = props;
  const { t } = useTranslation("chat");
  const path = useStore(
    useShallow((state) => {
      const tree = state.trees[conversationId];
      return tree ? activePath(tree) : [];
    }),
  );
  const queued = useStore((state) => state.queued[conversationId]);
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const { atBottom, toBottom, release } = usePinned(scroller, content);

  useImperativeHandle(handle, () => ({
    toBottom,
    walk: (step) => {
      release();
      return walk(content.current, step);
    },
  }));
  // biome-ignore lint/correctness/useExhaustiveDependencies: another conversation opens at its end
  useEffect(toBottom, [conversationId]);

  return (
    <div className="talk-frame">
      <div
        ref={scroller}
        className="talk"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        role="log"
        aria-live="off"
        aria-label={t("transcript")}
      >
        <div ref={content} className="talk-column">
          {path.map((id, at) => (
            <OneMessage
              key={id}
              conversationId={conversationId}
              id={id}
              trace={trace}
              editing={editing === id}
              last={at === path.length - 1}
              onEdit={onEdit}
              onInspect={onInspect}
              onRegenerate={onRegenerate}
              onResend={onResend}
            />
          ))}
          {queued ? <QueuedMessage conversationId={conversationId} queued={queued} /> : null}
        </div>
      </div>
      {atBottom ? null : (
        <Button className="jump" onClick={toBottom} data-testid="jump">
          <ArrowDown size={14} strokeWidth={1.75} />
          {t("jump")}
        </Button>
      )}
    </div>
  );
}

interface OneMessageProps
  extends Pick<
    TranscriptProps,
    "conversationId" | "trace" | "onEdit" | "onInspect" | "onRegenerate" | "onResend"
  > {
  id: string;
  editing: boolean;
  last: boolean;
}

/** Takes its own message from the store, so that a token draws one message and not the conversation. */
const OneMessage = memo(function OneMessage(props: OneMessageProps) {
  const { conversationId, id, trace, editing, last, onEdit, onInspect, onRegenerate, onResend } = props;
  const message = useStore((state) => state.trees[conversationId]?.messages[id]);
  const { data: models } = useQuery(modelsQuery);
  const endpoint = useMemo(
    () => modelOf(models ?? [], message?.model)?.endpoint_label ?? null,
    [models, message?.model],
  );
  if (!message) return null;
  if (message.role === "user")
    return <UserMessage message={message} onResend={onResend} editing={editing} onEdit={onEdit} />;
  return (
    <AnswerMessage
      message={message}
      endpoint={endpoint}
      open={trace !== null && message.trace_id === trace}
      last={last}
      onInspect={onInspect}
      onRegenerate={onRegenerate}
    />
  );
});

/** A message that goes out when the answer before it ends. */
function QueuedMessage({ conversationId, queued }: { conversationId: string; queued: Queued }) {
  const { t } = useTranslation("chat");
  const takeBack = () => {
    const message = unqueue(conversationId);
    if (message) compose(conversationId, { draft: message.text });
  };
  return (
    <article className="message" data-testid="queued" aria-label={t("state.queued")}>
      <div className="ask queued">
        <div className="ask-text">{queued.text}</div>
        <div className="ask-tools">
          <Tag mark="ring">{t("state.queued")}</Tag>
          <IconButton small label={t("queue.takeBack")} onClick={takeBack}>
            <X size={14} strokeWidth={1.75} />
          </IconButton>
        </div>
      </div>
    </article>
  );
}

function walk(content: HTMLElement | null, step: 1 | -1): string | null {
  const all = [...(content?.querySelectorAll<HTMLElement>("[data-message-id]") ?? [])];
  if (!all.length) return null;
  const here = all.findIndex((message) => message.contains(document.activeElement));
  const next =
    all[here < 0 ? (step < 0 ? all.length - 1 : 0) : Math.min(all.length - 1, Math.max(0, here + step))];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
  return next?.dataset.messageId ?? null;
}
