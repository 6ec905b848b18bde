import { useTranslation } from "react-i18next";
import type { Step } from "../../../api/types";
import { CopyButton } from "../../../ui/CopyButton";
import { FindingCard, WithCode } from "../../../ui/FindingCard";
import { useFindingSentences } from "./words";

/** Why a step failed or deserves a remark, and the corrected line where there is one. */
export function StepFinding({ step }: { step: Step }) {
  const { t } = useTranslation("doctor");
  const sentences = useFindingSentences();
  const { finding } = step;
  if (!finding) return null;
  const { title, causes, fix } = sentences(finding);
  const { line, page } = finding.names;
  const isExport = line?.startsWith("export ");
  return (
    <FindingCard
      tone={step.state === "failed" ? "error" : "warn"}
      title={<WithCode text={title} />}
      code={finding.code}
      evidence={
        finding.evidence ? (
          <div className="quote" lang="und" dir="ltr" translate="no">
            {finding.evidence}
          </div>
        ) : null
      }
      cause={
        causes.length > 1 ? (
          <ol className="causes">
            {causes.map((cause) => (
              <li key={cause}>
                <WithCode text={cause} />
              </li>
            ))}
          </ol>
        ) : causes[0] ? (
          <WithCode text={causes[0]} />
        ) : null
      }
      fix={
        <>
          <WithCode text={fix} />
          {page && /^https:/.test(page) ? (
            <p className="mt-1">
              <a className="link" href={page} target="_blank" rel="noopener noreferrer nofollow">
                {t("keysAt", { host: new URL(page).host })}
              </a>
            </p>
          ) : null}
          {line ? (
            <div className="doc-line">
              <code className="mono">{line}</code>
              {/* The end of an export is for the reader to write. */}
              <CopyButton text={line.replace(/…$/, "")} word={t(isExport ? "copyKey" : "copyLine")} />
              {isExport ? <small>{t("note")}</small> : null}
            </div>
          ) : null}
        </>
      }
    />
  );
}
