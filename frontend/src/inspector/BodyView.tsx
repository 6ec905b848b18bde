import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { readJson } from "../core/json";
import { bytes } from "../format";
import { CopyButton } from "../ui/CopyButton";
import { Choice } from "./Choice";
import { JsonView } from "./JsonView";
import type { Body } from "./records";
import { Visible } from "./Visible";
import "./strings";

const LONGEST_RAW = 20_000;

/** The bytes of a request or reply: as a tree when they are JSON, and always as they came. */
export function BodyView({ body, open }: { body: Body; open?: number }) {
  const { t } = useTranslation("inspector");
  const node = useMemo(() => readJson(body.text), [body.text]);
  const [view, setView] = useState<"tree" | "raw">("tree");
  if (body.size === 0) return <p className="text-ink-3">{t("body.empty")}</p>;
  return (
    <div className="grid gap-2">
      <div className="flex flex-wrap items-center gap-2 text-xs text-ink-3">
        <span className="mono">{bytes(body.size)}</span>
        {node ? null : <span>{t("body.notJson")}</span>}
        {body.exact ? null : <span className="text-warn">{t("body.notExact")}</span>}
        <span className="flex-1" />
        {node ? (
          <Choice
            label={t("body.view")}
            value={view}
            onChange={setView}
            options={[
              { value: "tree", text: t("body.tree") },
              { value: "raw", text: t("body.raw") },
            ]}
          />
        ) : null}
        <CopyButton text={body.text} word={t("body.copy")} />
      </div>
      {node && view === "tree" ? <JsonView node={node} open={open} /> : <RawText text={body.text} />}
    </div>
  );
}

/** Text as it came, cut where a page would become slow; the rest is one press away. */
export function RawText({ text }: { text: string }) {
  const { t } = useTranslation("inspector");
  const [whole, setWhole] = useState(false);
  const cut = !whole && text.length > LONGEST_RAW;
  return (
    <div className="insp-raw" dir="ltr" lang="und">
      <Visible text={cut ? text.slice(0, LONGEST_RAW) : text} />
      {cut ? (
        <button type="button" className="js-more" onClick={() => setWhole(true)}>
          {t("json.moreCharacters", {
            count: text.length - LONGEST_RAW,
            figure: bytes(text.length - LONGEST_RAW),
          })}
        </button>
      ) : null}
    </div>
  );
}
