import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Choice } from "../Choice";
import { Heading } from "../Section";
import { Visible } from "../Visible";
import type { Compared, Span } from "./api";

type View = "beside" | "together";

/** What both answered, word by word. */
export function Output({ compared }: { compared: Compared }) {
  const { t } = useTranslation("inspector");
  const [view, setView] = useState<View>("beside");
  const { output, reasoning } = compared;
  const same = output.every((span) => span.kind === "same");
  return (
    <>
      <Heading
        title={t("compare.output")}
        small={output.length === 0 ? t("compare.noText") : same ? t("compare.sameText") : undefined}
        end={
          same ? undefined : (
            <Choice
              label={t("compare.view")}
              value={view}
              onChange={setView}
              options={[
                { value: "beside", text: t("compare.beside") },
                { value: "together", text: t("compare.together") },
              ]}
            />
          )
        }
      />
      {output.length === 0 ? null : <Texts spans={output} view={same ? "together" : view} />}
      {reasoning.some((span) => span.kind !== "same") ? (
        <details className="insp-more mt-2">
          <summary>{t("compare.reasoning")}</summary>
          <Texts spans={reasoning} view={view} />
        </details>
      ) : null}
    </>
  );
}

function Texts({ spans, view }: { spans: Span[]; view: View }) {
  const { t } = useTranslation("inspector");
  if (view === "together") return <Text spans={spans} />;
  return (
    <div className="insp-both" data-testid="compare-output">
      <Text spans={spans.filter((span) => span.kind !== "added")} empty={t("compare.empty")} />
      <Text spans={spans.filter((span) => span.kind !== "removed")} empty={t("compare.empty")} />
    </div>
  );
}

/** A stretch that only one has says so to readers as well: `del` and `ins` are words for it. */
function Text({ spans, empty }: { spans: Span[]; empty?: string }) {
  return (
    <p className="insp-answer" dir="auto" lang="und">
      {spans.length === 0 && empty ? <span className="text-ink-3">{empty}</span> : null}
      {spans.map((span, at) =>
        span.kind === "same" ? (
          <Visible key={at} text={span.text} />
        ) : span.kind === "removed" ? (
          <del key={at}>
            <Visible text={span.text} />
          </del>
        ) : (
          <ins key={at}>
            <Visible text={span.text} />
          </ins>
        ),
      )}
    </p>
  );
}
