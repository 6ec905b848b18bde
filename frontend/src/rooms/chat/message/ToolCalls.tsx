import { Wrench } from "lucide-react";
import { useId, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Call, Message } from "../../../api/types";
import { fold, type LaidPiece, layOut } from "../../../core/layout";
import { argumentFaults } from "../../../core/tools";
import { Visible } from "../../../inspector/Visible";
import { CopyButton } from "../../../ui/CopyButton";
import { Tag } from "../../../ui/Tag";

/** The tools that an answer asks for, in the model's order. The chat runs none of them, and says so. */
export function ToolCalls({ message }: { message: Message }) {
  const { t } = useTranslation("chat");
  const { calls } = message;
  const live = message.state === "streaming";
  return (
    <section className="calls" aria-label={t("calls.label")}>
      <ol>
        {calls.map((call, at) => (
          <li key={call.index}>
            <CallCard call={call} live={live && at === calls.length - 1} />
          </li>
        ))}
      </ol>
      {live ? null : <p className="calls-note">{t("calls.note", { count: calls.length })}</p>}
    </section>
  );
}

function CallCard({ call, live }: { call: Call; live: boolean }) {
  const { t } = useTranslation("chat");
  const faulty = !live && argumentFaults(call.arguments, null).length > 0;
  return (
    <figure className="code call" data-testid="tool-call" data-live={live} aria-busy={live}>
      <figcaption>
        <Wrench size={14} strokeWidth={1.75} aria-hidden="true" />
        <b className="cut">{call.name ? <Visible text={call.name} /> : t("calls.unnamed")}</b>
        <span className="cut max-tablet:hidden">
          <Visible text={call.id} />
        </span>
        <span className="flex-1" />
        {faulty ? <Tag tone="warn">{t("calls.notJson")}</Tag> : null}
        {live ? (
          <Tag tone="live" mark="dot">
            {t("calls.writing")}
          </Tag>
        ) : (
          <Tag mark="ring">{t("calls.state")}</Tag>
        )}
        <CopyButton text={call.arguments} label={t("calls.copy")} />
      </figcaption>
      <Arguments text={call.arguments} live={live} />
    </figure>
  );
}

const LINES = 14;
const CHARACTERS = 1400;

/** Arguments laid out as far as they have come; long ones fold. */
function Arguments({ text, live }: { text: string; live: boolean }) {
  const { t } = useTranslation("chat");
  const [whole, setWhole] = useState(false);
  const id = useId();
  const pieces = useMemo(() => layOut(text), [text]);
  const { shown, folded } = useMemo(() => fold(pieces, LINES, CHARACTERS), [pieces]);
  const lines = pieces.filter((piece) => piece.text.startsWith("\n")).length + 1;
  if (!live && (text.trim() === "" || text.trim() === "{}"))
    return <p className="call-none">{t("calls.none")}</p>;
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <pre id={id} tabIndex={0} dir="ltr" translate="no" data-wrap="true">
        <code>
          {(whole ? pieces : shown).map((piece, at) => (
            <Laid key={at} piece={piece} />
          ))}
          {live ? <span className="caret" aria-hidden="true" /> : null}
        </code>
      </pre>
      {folded ? (
        <button
          type="button"
          className="call-more"
          aria-expanded={whole}
          aria-controls={id}
          onClick={() => setWhole(!whole)}
        >
          {whole ? t("message.less") : t("calls.more", { count: lines })}
        </button>
      ) : null}
    </>
  );
}

const LOOK: Partial<Record<LaidPiece["kind"], string>> = {
  key: "js-key",
  string: "js-str",
  number: "js-num",
  literal: "js-num",
  sign: "text-ink-2",
};

function Laid({ piece }: { piece: LaidPiece }) {
  if (piece.kind === "space") return piece.text;
  return (
    <span className={LOOK[piece.kind]}>
      <Visible text={piece.text} />
    </span>
  );
}
