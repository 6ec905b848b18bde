import { useState } from "react";
import { useTranslation } from "react-i18next";
import { count } from "../../format";
import { BodyView } from "../BodyView";
import { fineClock } from "../figures";
import { stratumOf } from "../origins";
import { type Assembled, type Received, type SourcedMessage, textOf } from "../records";
import { Visible } from "../Visible";
import { HeaderList } from "./HeaderList";

/** Step 1: the request as it came to Filon. */
export function Asked({ received }: { received: Received }) {
  const { t } = useTranslation("inspector");
  return (
    <div className="grid gap-2">
      <p className="text-xs text-ink-3">
        {t(`caller.${received.caller}`, { defaultValue: received.caller })} · {fineClock(received.started, 3)}{" "}
        · <span className="mono">{received.protocol}</span>
        {received.key ? (
          <>
            {" · "}
            {t("request.key")} <span className="insp-mask mono">{received.key}</span>
          </>
        ) : null}
      </p>
      <p className="mono break-all">
        {received.method} {received.path}
      </p>
      {received.headers.length ? (
        <details className="insp-more">
          <summary>{t("request.headers", { count: received.headers.length })}</summary>
          <HeaderList headers={received.headers} />
        </details>
      ) : null}
      <BodyView body={received.body} open={1} />
    </div>
  );
}

/** Step 2: the messages that will really be sent, each with where it came from. */
export function AssembledMessages({ assembled }: { assembled: Assembled }) {
  const { t } = useTranslation("inspector");
  const shortened = assembled.messages.some(({ message }) => textOf(message).endsWith("…"));
  return (
    <>
      {shortened ? <p className="insp-note">{t("request.beginnings")}</p> : null}
      <ol className="insp-messages">
        {assembled.messages.map((message, at) => (
          <MessageRow key={at} sourced={message} />
        ))}
      </ol>
    </>
  );
}

const SHORT = 220;

function MessageRow({ sourced }: { sourced: SourcedMessage }) {
  const { t } = useTranslation("inspector");
  const [whole, setWhole] = useState(false);
  const { message, origin, tokens } = sourced;
  const text = textOf(message);
  const others = message.parts.filter((part) => part.type !== "text");
  const cut = !whole && text.length > SHORT;
  return (
    <li>
      <p className="flex items-center gap-2">
        <i className="sw" data-s={stratumOf(origin)} />
        <b className="font-strong">{message.role}</b>
        <span className="text-ink-3">{t(`origin.${origin}`, { defaultValue: origin })}</span>
        <span className="mono ml-auto text-ink-2">
          {t("request.approximately", { figure: count(tokens) })}
        </span>
      </p>
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
      {others.length ? (
        <p className="mono text-ink-3">
          {others.map((part) => (part.name ? `${part.type} ${part.name}` : part.type)).join(" · ")}
        </p>
      ) : null}
    </li>
  );
}
