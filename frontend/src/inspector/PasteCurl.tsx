import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { problemOf } from "../api/client";
import { endpointsQuery } from "../api/queries";
import type { Problem } from "../api/types";
import { readJson } from "../core/json";
import { Button } from "../ui/Button";
import { CopyButton } from "../ui/CopyButton";
import { ProblemCard } from "../ui/FindingCard";
import { RawText } from "./BodyView";
import { useGo } from "./go";
import { JsonView } from "./JsonView";
import { Panel } from "./Panel";
import { type Pasted, readPasted, sendRequest } from "./replay/api";
import { HeaderList } from "./request/HeaderList";
import { Heading } from "./Section";
import { Visible } from "./Visible";
import "./strings";
import "./inspector.css";
import "./bodies.css";
import "./dialogs.css";
import "./panels.css";

interface PasteCurlProps {
  open: boolean;
  onClose: () => void;
}

/** A curl command, as providers' documentation has it, becomes a request to send and look into. */
export function PasteCurl({ open, onClose }: PasteCurlProps) {
  return open ? <Form onClose={onClose} /> : null;
}

function Form({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation("inspector");
  const go = useGo();
  const [text, setText] = useState("");
  const [read, setRead] = useState<Pasted | null>(null);
  const [endpoint, setEndpoint] = useState("");
  const [model, setModel] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);

  const attempt = async (run: () => Promise<void>) => {
    setBusy(true);
    setProblem(null);
    try {
      await run();
    } catch (error) {
      setProblem(problemOf(error));
    } finally {
      setBusy(false);
    }
  };
  const look = () =>
    attempt(async () => {
      const found = await readPasted(text);
      setRead(found);
      setEndpoint(found.endpoint ?? "");
      setModel(found.model ?? "");
    });
  const send = () =>
    attempt(async () => {
      if (!read?.protocol || read.body === null) return;
      const other = model && model !== read.model ? { model } : {};
      const id = await sendRequest({ endpoint, protocol: read.protocol, body: read.body, ...other });
      onClose();
      go.trace(id);
    });
  const ready = Boolean(read?.protocol && read.body !== null && endpoint);
  return (
    <Panel
      open
      onClose={onClose}
      title={t("paste.title")}
      testId="paste-curl"
      foot={
        <>
          <span className="mr-auto text-xs text-ink-3">{t("paste.nothingKept")}</span>
          <Button onClick={onClose}>{t("replay.cancel")}</Button>
          {read && ready ? (
            <Button kind="ore" disabled={busy} onClick={() => void send()} data-testid="paste-send">
              {t(busy ? "replay.sending" : "paste.send")}
            </Button>
          ) : (
            <Button
              kind={text.trim() && !read ? "ore" : "line"}
              disabled={busy || !text.trim()}
              onClick={() => void look()}
              data-testid="paste-read"
            >
              {t("paste.read")}
            </Button>
          )}
        </>
      }
    >
      <div className="grid gap-4">
        <textarea
          className="field insp-area mono"
          aria-label={t("paste.label")}
          placeholder={"curl https://api.deepseek.com/chat/completions \\\n  -H …"}
          spellCheck={false}
          rows={read ? 5 : 12}
          // biome-ignore lint/a11y/noAutofocus: the dialog was opened to paste
          autoFocus
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            setRead(null);
          }}
          data-testid="paste-text"
        />
        {problem ? <ProblemCard problem={problem} /> : null}
        {read ? (
          <Found read={read} endpoint={endpoint} onEndpoint={setEndpoint} model={model} onModel={setModel} />
        ) : null}
      </div>
    </Panel>
  );
}

interface FoundProps {
  read: Pasted;
  endpoint: string;
  onEndpoint: (name: string) => void;
  model: string;
  onModel: (model: string) => void;
}

/** What the command says, and where it would go. */
function Found({ read, endpoint, onEndpoint, model, onModel }: FoundProps) {
  const { t } = useTranslation("inspector");
  const { data: endpoints = [] } = useQuery(endpointsQuery);
  const node = read.body === null ? null : readJson(read.body);
  return (
    <div className="grid gap-4" data-testid="paste-found">
      {read.warnings.length ? (
        <ul className="grid gap-1 text-warn">
          {read.warnings.map((note) => (
            <li key={`${note.code} ${note.message}`}>
              <Visible text={t(`paste.note.${note.code}`, { ...note.names, defaultValue: note.message })} />
            </li>
          ))}
        </ul>
      ) : null}
      <p className="mono break-all">
        {read.method} <Visible text={read.url} />
      </p>
      {read.protocol === null ? <p className="text-warn">{t("paste.noProtocol")}</p> : null}
      <div className="insp-target">
        <label>
          <span>{t("paste.endpoint")}</span>
          <select
            className="field"
            value={endpoint}
            onChange={(event) => onEndpoint(event.target.value)}
            data-testid="paste-endpoint"
          >
            <option value="">{t("paste.choose")}</option>
            {endpoints.map((one) => (
              <option key={one.name} value={one.name}>
                {one.label}
              </option>
            ))}
          </select>
        </label>
        <label>
          <span>{t("replay.model")}</span>
          <input
            className="field mono"
            value={model}
            spellCheck={false}
            onChange={(event) => onModel(event.target.value)}
          />
        </label>
      </div>
      {read.endpoint === null && read.add ? (
        <div>
          <Heading
            title={t("paste.add")}
            small={t("paste.addWhat")}
            end={<CopyButton text={read.add} word={t("paste.copyLines")} />}
          />
          <pre className="insp-raw" dir="ltr" lang="und">
            <Visible text={read.add} />
          </pre>
        </div>
      ) : null}
      {read.headers.length ? (
        <HeaderList headers={read.headers.map(({ name, value }) => [name, value])} />
      ) : null}
      {node ? <JsonView node={node} open={2} /> : read.body ? <RawText text={read.body} /> : null}
    </div>
  );
}
