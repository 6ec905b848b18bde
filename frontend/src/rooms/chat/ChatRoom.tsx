import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { problemOf } from "../../api/client";
import { modelsQuery, presetsQuery } from "../../api/queries";
import type { Message, Problem } from "../../api/types";
import { useAtLeast, useLayout, usePage } from "../../app/page-state";
import { enqueueMessage, load, regenerate, send, stop, useStore } from "../../core/store";
import { lastOf, type Tree, writing } from "../../core/tree";
import { Button } from "../../ui/Button";
import { ProblemCard } from "../../ui/FindingCard";
import { Skeleton } from "../../ui/Skeleton";
import { Announcer } from "./Announcer";
import { ChatBar } from "./ChatBar";
import { ConversationList } from "./ConversationList";
import { Composer } from "./composer/Composer";
import { asked, type Choice, choiceToUse, NO_PRESETS, presetOf } from "./composer/choice";
import { compose, composingOf, useComposed } from "./composer/composing";
import { Dock } from "./Dock";
import { EmptyChat } from "./EmptyChat";
import { TieLine } from "./TieLine";
import { Transcript, type TranscriptHandle } from "./Transcript";
import { useChatShortcuts } from "./use-chat-shortcuts";

const NO_MODELS: never[] = [];
const NO_CHOICE: Choice = { model: null, preset: null };

export default function ChatRoom() {
  const { t } = useTranslation("chat");
  const { conversationId: id = "" } = useParams({ strict: false });
  const { trace = null } = useSearch({ strict: false }) as { trace?: string | null };
  const navigate = useNavigate();
  const layout = useLayout();
  const roomy = useAtLeast(1400);
  const listWanted = usePage((state) => state.list);
  const dock = usePage((state) => state.dock);
  const tree = useStore((state) => state.trees[id]);
  const conversation = useStore((state) => state.conversations[id]);
  const latest = useStore((state) => newestOf(state.conversations));
  const failure = useStore((state) => state.failures[id]);
  const { data: models = NO_MODELS } = useQuery(modelsQuery);
  const composed = useComposed(id);
  // Until the presets have come, nobody can say which of them a chat begins with.
  const { data: list = NO_PRESETS, isPending } = useQuery(presetsQuery);
  const { model, preset: presetName } = isPending
    ? NO_CHOICE
    : choiceToUse(composed, conversation, latest, models, list);
  const preset = presetOf(list, presetName);
  const live = tree ? writing(tree) : null;
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const [editing, setEditing] = useState<string | null>(null);
  const input = useRef<HTMLTextAreaElement>(null);
  const pane = useRef<HTMLElement>(null);
  const transcript = useRef<TranscriptHandle>(null);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another conversation begins clean
  useEffect(() => {
    setProblem(null);
    setEditing(null);
    if (!matchMedia("(pointer: coarse)").matches) input.current?.focus();
  }, [id]);
  // Also when it has gone: the server then says that it is deleted.
  const missing = id !== "" && !tree && !failure;
  useEffect(() => {
    if (missing) void load(id);
  }, [id, missing]);
  const title = conversation?.title ?? (id ? "" : t("newTitle"));
  useEffect(() => {
    document.title = title ? `${title} · ${t("name", { ns: "common" })}` : t("name", { ns: "common" });
  }, [title, t]);

  const inspect = useCallback(
    (next: string | null) => {
      void navigate({
        to: ".",
        search: next ? { trace: next } : {},
        replace: trace !== null && next !== null,
        resetScroll: false,
      });
    },
    [navigate, trace],
  );
  const closeInspector = useCallback(() => {
    const chip = pane.current?.querySelector<HTMLElement>(`.chip[aria-expanded="true"]`);
    inspect(null);
    (chip ?? input.current)?.focus();
  }, [inspect]);

  /** Runs what asks the server for an answer; its refusal is shown above the composer. */
  const ask = useCallback(async (run: () => Promise<unknown>): Promise<boolean> => {
    setBusy(true);
    setProblem(null);
    try {
      await run();
      return true;
    } catch (error) {
      setProblem(problemOf(error));
      return false;
    } finally {
      setBusy(false);
    }
  }, []);

  const post = useCallback(
    async (text: string, parent: string | null) => {
      if (!model) return;
      const { parameters } = composingOf(id);
      const choice = asked({ model, preset: presetName });
      const sent = await send({
        conversation_id: id || null,
        parent_id: parent,
        ...choice,
        text,
        parameters,
      });
      const open = trace && sent.answer.trace_id ? { trace: sent.answer.trace_id } : {};
      if (!id) {
        compose("", { draft: "", model: null, preset: null });
        compose(sent.conversation.id, { parameters });
        await navigate({
          to: "/chat/$conversationId",
          params: { conversationId: sent.conversation.id },
          search: open,
        });
      } else if (trace) inspect(sent.answer.trace_id);
      transcript.current?.toBottom();
    },
    [id, model, presetName, navigate, inspect, trace],
  );

  const submit = async (text: string) => {
    if (!model) return;
    compose(id, { draft: "" });
    input.current?.focus();
    if (live) {
      const { parameters } = composingOf(id);
      return enqueueMessage(id, { text, ...asked({ model, preset: presetName }), parameters });
    }
    const sent = await ask(() => post(text, tree?.active ?? null));
    if (!sent) compose(id, { draft: text });
  };
  const onResend = useCallback(
    (message: Message, text: string) => void ask(() => post(text, message.parent_id)),
    [ask, post],
  );
  const onRegenerate = useCallback(
    (message: Message, other: Choice | null) => {
      const { parameters } = composingOf(id);
      void ask(async () => {
        await regenerate({ message_id: message.id, ...(other ? asked(other) : {}), parameters });
        const now = useStore.getState().trees[id];
        const answer = now ? writing(now) : null;
        if (trace && answer?.trace_id) inspect(answer.trace_id);
      });
    },
    [ask, id, inspect, trace],
  );
  const onStop = useCallback(() => {
    if (live) void ask(() => stop(live.id));
  }, [ask, live]);
  const onEditLast = () => {
    const question = tree ? lastOf(tree, "user") : null;
    if (question) setEditing(question.id);
  };

  useChatShortcuts({ id, trace, input, transcript, inspect, onRegenerate, closeInspector });

  const phone = layout === "phone";
  const roomRight = layout === "laptop" || layout === "wide";
  const docked = roomRight && dock === "right";
  const showList = roomRight && listWanted && (roomy || !trace || !docked);
  const tied = useMemo(() => (tree && trace ? isTied(tree, trace) : false), [tree, trace]);

  return (
    <div className="chat-room" data-layout={layout}>
      {showList ? <ConversationList /> : null}
      <div className="chat-columns" data-docked={docked}>
        <main
          ref={pane}
          className="chat-main"
          onKeyDown={(event) => {
            if (event.key !== "Escape" || event.shiftKey || event.defaultPrevented || !live) return;
            event.preventDefault();
            onStop();
          }}
        >
          <ChatBar
            id={id}
            title={title}
            phone={phone}
            listHidden={!showList}
            model={live?.model ?? model}
            preset={live ? presetOf(list, live.preset) : preset}
            inspecting={trace !== null}
            onInspect={() => {
              const answer = tree ? lastOf(tree, "assistant") : null;
              if (trace) closeInspector();
              else if (answer?.trace_id) inspect(answer.trace_id);
            }}
          />
          {id && failure && !tree ? (
            <div className="talk-frame p-7">
              <ProblemCard
                problem={failure}
                actions={<Button onClick={() => void load(id)}>{t("retry", { ns: "common" })}</Button>}
              />
            </div>
          ) : id && !tree ? (
            <div className="talk-frame p-7">
              <Skeleton rows={6} />
            </div>
          ) : id ? (
            <Transcript
              conversationId={id}
              handle={transcript}
              trace={trace}
              editing={editing}
              onEdit={setEditing}
              onInspect={(next) => (next === trace ? closeInspector() : inspect(next))}
              onRegenerate={onRegenerate}
              onResend={onResend}
            />
          ) : (
            <EmptyChat
              models={models}
              preset={preset}
              onTry={(text) => {
                compose("", { draft: text });
                input.current?.focus();
              }}
            />
          )}
          <Composer
            conversation={id}
            model={model}
            preset={preset}
            models={models}
            live={live}
            busy={busy}
            problem={problem}
            onSend={(text) => void submit(text)}
            onStop={onStop}
            onEditLast={onEditLast}
            inputRef={input}
          />
          {trace && docked && tied ? <TieLine pane={pane} trace={trace} /> : null}
        </main>
        {trace ? <Dock traceId={trace} layout={layout} tied={tied} onClose={closeInspector} /> : null}
      </div>
      {id ? <Announcer conversationId={id} /> : null}
    </div>
  );
}

function newestOf<T extends { updated_at: number }>(all: Record<string, T>): T | undefined {
  let newest: T | undefined;
  for (const one of Object.values(all)) if (!newest || one.updated_at > newest.updated_at) newest = one;
  return newest;
}

function isTied(tree: Tree, trace: string): boolean {
  return Object.values(tree.messages).some((message) => message.trace_id === trace);
}
