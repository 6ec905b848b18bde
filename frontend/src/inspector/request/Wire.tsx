import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { JsonNode } from "../../core/json";
import { bytes } from "../../format";
import { CopyButton } from "../../ui/CopyButton";
import { RawText } from "../BodyView";
import { Choice } from "../Choice";
import { countSigns, diffJson } from "../diff";
import { JsonView } from "../JsonView";
import type { Attempt, Body, Decision, Translated } from "../records";
import { DiffView } from "./DiffView";
import { HeaderList } from "./HeaderList";
import { savedBytes } from "./weights";

const NONE: readonly Decision[] = [];

interface WireProps {
  /** The request as it was before it was translated. */
  before: JsonNode | null;
  /** Laid out anew from a message of the chat. */
  fromChat: boolean;
  sent: JsonNode | null;
  translated?: Translated;
  attempt?: Attempt;
}

type View = "diff" | "whole" | "raw";

/** Step 3: what left the machine, and how it differs from what was assembled. */
export function Wire({ before, fromChat, sent, translated, attempt }: WireProps) {
  const { t } = useTranslation("inspector");
  const [view, setView] = useState<View>("diff");
  const body: Body | undefined = attempt?.request_body ?? translated?.body;
  const headers = attempt?.request_headers ?? translated?.headers ?? [];
  const decisions = translated?.decisions ?? NONE;
  const lines = useMemo(() => {
    if (!before || !sent) return null;
    const renamed = new Map(
      decisions.flatMap((d) => (d.sent_as && d.sent_as !== d.name ? [[d.name, d.sent_as] as const] : [])),
    );
    return diffJson(before, sent, { renamed });
  }, [before, sent, decisions]);
  const saved = savedBytes(decisions);
  if (!body) return <p className="text-ink-2">{t("request.notSent")}</p>;
  const shown: View = !lines && view === "diff" ? (sent ? "whole" : "raw") : view;
  const counts = lines ? countSigns(lines) : null;
  const views: View[] = lines ? ["diff", "whole", "raw"] : sent ? ["whole", "raw"] : ["raw"];
  return (
    <div className="grid gap-2">
      <p className="mono break-all">
        {attempt?.method ?? translated?.method} {attempt?.url ?? translated?.url}
      </p>
      <p className="text-xs text-ink-3">
        {attempt ? t("request.captured") : t("request.planned")}
        {attempt?.address ? (
          <>
            {" · "}
            <span className="mono">{attempt.address}</span>
          </>
        ) : null}
        {attempt?.through ? (
          <>
            {" · "}
            {t("request.through", { proxy: attempt.through })}
          </>
        ) : null}
        {" · "}
        <span className="mono">{translated?.protocol}</span>
      </p>
      <HeaderList headers={headers} />
      <div className="flex flex-wrap items-center gap-2 text-xs text-ink-3">
        <span className="mono">{bytes(body.size)}</span>
        {counts && shown === "diff" ? (
          <span>{t("diff.summary", { added: counts["+"], dropped: counts["−"], changed: counts["~"] })}</span>
        ) : null}
        {saved > 0 ? <span>{t("request.saved", { size: bytes(saved) })}</span> : null}
        {body.exact ? null : <span className="text-warn">{t("body.notExact")}</span>}
        <span className="flex-1" />
        <Choice
          label={t("body.view")}
          value={shown}
          onChange={setView}
          options={views.map((value) => ({ value, text: t(`diff.view.${value}`) }))}
        />
        <CopyButton text={body.text} word={t("body.copy")} />
      </div>
      {shown === "diff" && fromChat ? <p className="insp-note mb-0!">{t("diff.fromChat")}</p> : null}
      {shown === "diff" && lines ? <DiffView lines={lines} decisions={decisions} /> : null}
      {shown === "whole" && sent ? <JsonView node={sent} open={2} /> : null}
      {shown === "raw" ? <RawText text={body.text} /> : null}
    </div>
  );
}
