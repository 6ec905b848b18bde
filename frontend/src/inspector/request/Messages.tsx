import { Link2, TriangleAlert } from "lucide-react";
import { useId, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { readJson } from "../../core/json";
import { layOut } from "../../core/layout";
import { count } from "../../format";
import { isResult, type Links, linkCalls, placeOfCall } from "../calls";
import { JsonView } from "../JsonView";
import { stratumOf } from "../origins";
import { Place } from "../Place";
import { type Assembled, type Part, type SourcedMessage, textOf } from "../records";
import { Visible } from "../Visible";

/** Step 2: the messages that will really be sent, each with where it came from. */
export function AssembledMessages({ assembled }: { assembled: Assembled }) {
  const { t } = useTranslation("inspector");
  const { messages } = assembled;
  const links = useMemo(() => linkCalls(messages), [messages]);
  const id = useId();
  return (
    <>
      {messages.some(({ message }) => message.parts.some(isShortened)) ? (
        <p className="insp-note">{t("request.beginnings")}</p>
      ) : null}
      <ol className="insp-messages">
        {messages.map((message, at) => (
          <MessageRow key={at} at={at} sourced={message} links={links} rowId={(to) => `${id}-${to}`} />
        ))}
      </ol>
    </>
  );
}

function isShortened(part: Part): boolean {
  return [part.text, part.arguments, part.url, part.json].some((told) => told?.endsWith("…"));
}

const SHORT = 220;

interface RowProps {
  at: number;
  sourced: SourcedMessage;
  links: Links;
  rowId: (at: number) => string;
}

function MessageRow({ at, sourced, links, rowId }: RowProps) {
  const { t } = useTranslation("inspector");
  const [whole, setWhole] = useState(false);
  const { message, origin, tokens, because } = sourced;
  const text = textOf(message);
  const cut = !whole && text.length > SHORT;
  const call = links.calls.get(at);
  return (
    <li id={rowId(at)} tabIndex={-1}>
      <p className="flex flex-wrap items-center gap-x-2">
        <span className="mono text-ink-3">{at + 1}</span>
        <i className="sw" data-s={stratumOf(origin)} />
        <b className="font-strong">{message.role}</b>
        {isResult(message) ? (
          <>
            <span className="mono break-all text-ink-3">{message.call_id}</span>
            {call === undefined ? (
              <Lost>{t("tools.noCall")}</Lost>
            ) : (
              <GoTo id={rowId(call)}>{t("tools.toCall", { number: call + 1 })}</GoTo>
            )}
          </>
        ) : (
          <span className="text-ink-3">{t(`origin.${origin}`, { defaultValue: origin })}</span>
        )}
        {because ? <Place because={because} /> : null}
        <span className="mono ml-auto text-ink-2">
          {t("request.approximately", { figure: count(tokens) })}
        </span>
      </p>
      {text ? (
        <p className="insp-message-text" dir="auto" lang="und">
          <Visible text={cut ? `${text.slice(0, SHORT)}…` : text} />
          {text.length > SHORT ? (
            <button type="button" className="js-more" aria-expanded={whole} onClick={() => setWhole(!whole)}>
              {whole
                ? t("request.less")
                : t("request.whole", { count: text.length, figure: count(text.length) })}
            </button>
          ) : null}
        </p>
      ) : null}
      {message.parts.map((part, number) => (
        <OtherPart
          key={number}
          part={part}
          result={links.results.get(placeOfCall(at, number))}
          rowId={rowId}
        />
      ))}
    </li>
  );
}

interface PartProps {
  part: Part;
  /** The message that has the result of this call. */
  result?: number;
  rowId: (at: number) => string;
}

/** A part that is no text: what it is, in words. */
function OtherPart({ part, result, rowId }: PartProps) {
  const { t } = useTranslation("inspector");
  switch (part.type) {
    case "text":
      return null;
    case "tool_call":
      return (
        <div className="insp-call">
          <p className="flex flex-wrap items-center gap-x-2">
            <span>{t("tools.calls")}</span>
            <b className="mono break-all">
              <Visible text={part.name ?? ""} />
            </b>
            <span className="mono break-all text-ink-3">{part.id}</span>
            {result === undefined ? (
              <Lost>{t("tools.noResult")}</Lost>
            ) : (
              <GoTo id={rowId(result)}>{t("tools.toResult", { number: result + 1 })}</GoTo>
            )}
          </p>
          <CallArguments text={part.arguments ?? ""} />
        </div>
      );
    case "image":
      return <p className="text-ink-3">{t("tools.picture", { place: pictureAt(part.url ?? "") })}</p>;
    case "reasoning":
    case "refusal":
      return (
        <p className="insp-message-text" dir="auto" lang="und">
          <span className="text-ink-3">{t(`tools.part.${part.type}`)}</span>{" "}
          <Visible text={part.text ?? ""} />
        </p>
      );
    default:
      return (
        <p className="mono text-ink-3">
          {/"type"\s*:\s*"([\w.-]+)"/.exec(part.json ?? "")?.[1] ?? part.type}
        </p>
      );
  }
}

/** Arguments as a tree, or, where they are cut or no JSON, laid out as far as they go. */
function CallArguments({ text }: { text: string }) {
  const node = useMemo(() => readJson(text), [text]);
  if (node) return <JsonView node={node} open={1} />;
  const laid = layOut(text).map((piece) => piece.text);
  return (
    <pre className="insp-raw" dir="ltr" lang="und">
      <Visible text={laid.join("")} />
    </pre>
  );
}

/** Where a picture comes from; one that lies in the message itself by its type. */
function pictureAt(url: string): string {
  return /^data:([\w.+/-]*)/.exec(url)?.[1] ?? url;
}

function Lost({ children }: { children: string }) {
  return (
    <span className="inline-flex items-center gap-1 text-warn">
      <TriangleAlert size={14} strokeWidth={1.75} aria-hidden="true" />
      {children}
    </span>
  );
}

/** Goes to another message of the list: into view, and with the focus. */
function GoTo({ id, children }: { id: string; children: string }) {
  const go = () => {
    const row = document.getElementById(id);
    row?.focus({ preventScroll: true });
    row?.scrollIntoView({ block: "nearest" });
  };
  return (
    <button type="button" className="insp-go" onClick={go}>
      <Link2 size={14} strokeWidth={1.75} aria-hidden="true" />
      {children}
    </button>
  );
}
