import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { problemOf } from "../../api/client";
import { Button } from "../../ui/Button";
import { ProblemCard } from "../../ui/FindingCard";
import { Skeleton } from "../../ui/Skeleton";
import { Choice } from "../Choice";
import { Panel } from "../Panel";
import { type Manner, type Replayable, replayableQuery } from "./api";
import { countChanges, type Draft, draftOf, type Fault, readDraft } from "./draft";
import { MessageFields } from "./MessageFields";
import { ParameterFields } from "./ParameterFields";
import type { Editing, Replaying } from "./replaying";
import { TargetFields } from "./TargetFields";

/** The request as it would be sent again, every part of it to be changed first. */
export function ReplayEditor({ traceId, replaying }: { traceId: string; replaying: Replaying }) {
  const { editing } = replaying;
  return editing ? <Editor key={traceId} traceId={traceId} editing={editing} replaying={replaying} /> : null;
}

interface EditorProps {
  traceId: string;
  editing: Editing;
  replaying: Replaying;
}

function Editor({ traceId, editing, replaying }: EditorProps) {
  const { t } = useTranslation("inspector");
  const [manner, setManner] = useState<Manner>(editing.manner);
  const query = useQuery(replayableQuery(traceId, manner));
  if (query.data)
    return (
      <Form
        key={manner}
        from={query.data}
        manner={manner}
        onManner={setManner}
        editing={editing}
        replaying={replaying}
      />
    );
  return (
    <Panel open onClose={replaying.close} title={t("replay.edit")} testId="replay-editor">
      {query.isError ? <ProblemCard problem={problemOf(query.error)} /> : <Skeleton rows={8} />}
    </Panel>
  );
}

interface FormProps {
  from: Replayable;
  manner: Manner;
  onManner: (manner: Manner) => void;
  editing: Editing;
  replaying: Replaying;
}

function Form({ from, manner, onManner, editing, replaying }: FormProps) {
  const { t } = useTranslation("inspector");
  const [draft, setDraft] = useState<Draft>(() => ({ ...draftOf(from), ...editing.change }));
  const [tried, setTried] = useState(false);
  const { changes, faults } = readDraft(from, draft, manner === "wire");
  const put = (change: Partial<Draft>) => setDraft((old) => ({ ...old, ...change }));
  const shown = tried ? faults : [];
  const many = countChanges(changes);
  // A body that is no JSON has no parts to show.
  const raw = draft.body !== null || (from.messages.length === 0 && !from.body.trim().startsWith("{"));
  const send = () => {
    setTried(true);
    if (faults.length === 0) void replaying.send(manner, changes);
  };
  return (
    <Panel
      open
      onClose={replaying.close}
      title={t("replay.edit")}
      small={<span className="mono">{from.protocol}</span>}
      testId="replay-editor"
      foot={
        <>
          <span role="status" className={`mr-auto text-xs ${shown.length ? "text-error" : "text-ink-3"}`}>
            {shown.length
              ? t("replay.faults", { count: shown.length })
              : t("replay.changed", { count: many })}
          </span>
          <Button onClick={replaying.close}>{t("replay.cancel")}</Button>
          <Button
            kind={from.against ? "line" : "ore"}
            disabled={replaying.busy}
            onClick={send}
            data-testid="replay-send"
          >
            {t(replaying.busy ? "replay.sending" : "replay.send")}
          </Button>
        </>
      }
    >
      <div className="grid gap-5">
        {from.against ? <p className="text-warn">{from.against}</p> : null}
        {replaying.problem ? <ProblemCard problem={replaying.problem} /> : null}
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <Choice
            label={t("replay.manner")}
            value={manner}
            onChange={onManner}
            options={[
              { value: "asked", text: t("replay.asked") },
              { value: "wire", text: t("replay.wire") },
            ]}
          />
          <span className="text-xs text-ink-3">
            {t(manner === "asked" ? "replay.askedWhat" : "replay.wireWhat")}
          </span>
        </div>
        <TargetFields
          draft={draft}
          onPut={put}
          autoFocus={editing.part === "model"}
          wrong={shown.some((fault) => fault.at === "model")}
        />
        <Choice
          label={t("replay.partsOrBody")}
          value={raw ? "body" : "parts"}
          onChange={(view) => put({ body: view === "body" ? (draft.body ?? from.body) : null })}
          options={[
            { value: "parts", text: t("replay.parts") },
            { value: "body", text: t("replay.body") },
          ]}
        />
        {raw ? (
          <BodyField
            text={draft.body ?? from.body}
            onType={(body) => put({ body })}
            exact={from.exact}
            wrong={shown.find((fault) => fault.at === "body")}
          />
        ) : (
          <>
            <ParameterFields rows={draft.rows} onRows={(rows) => put({ rows })} faults={shown} />
            <MessageFields
              messages={draft.messages}
              onMessages={(messages) => put({ messages })}
              faults={shown}
              autoFocus={editing.part === "messages"}
            />
          </>
        )}
      </div>
    </Panel>
  );
}

interface BodyFieldProps {
  text: string;
  onType: (text: string) => void;
  exact: boolean;
  wrong?: Fault;
}

function BodyField({ text, onType, exact, wrong }: BodyFieldProps) {
  const { t } = useTranslation("inspector");
  return (
    <div>
      <textarea
        className="field insp-area mono"
        aria-label={t("replay.body")}
        aria-invalid={wrong ? true : undefined}
        spellCheck={false}
        rows={18}
        value={text}
        onChange={(event) => onType(event.target.value)}
        data-testid="replay-body"
      />
      {wrong ? <p className="mt-1 text-xs text-error">{t("replay.fault.bodyNotJson")}</p> : null}
      {exact ? null : <p className="mt-1 text-xs text-warn">{t("body.notExact")}</p>}
    </div>
  );
}
