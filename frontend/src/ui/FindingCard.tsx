import { OctagonX, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Problem } from "../api/types";

interface FindingCardProps {
  /** Who did what. */
  title: ReactNode;
  code?: string;
  tone?: "error" | "warn";
  /** The words of others, quoted as they came. */
  evidence?: ReactNode;
  cause?: ReactNode;
  fix?: ReactNode;
  /** Buttons; the first may be ore if it can be pressed now. */
  actions?: ReactNode;
}

export function FindingCard({
  title,
  code,
  tone = "error",
  evidence,
  cause,
  fix,
  actions,
}: FindingCardProps) {
  const { t } = useTranslation();
  const Icon = tone === "error" ? OctagonX : TriangleAlert;
  return (
    <section className="finding" data-tone={tone} data-testid="finding">
      <h3>
        <Icon size={20} strokeWidth={1.75} className={tone === "error" ? "text-error" : "text-warn"} />
        <span className="min-w-0 flex-1">{title}</span>
        {code ? <code className="pt-0.5 font-body text-ink-3">{code}</code> : null}
      </h3>
      {evidence || cause || fix || actions ? (
        <dl>
          {evidence ? <Row name={t("finding.evidence")}>{evidence}</Row> : null}
          {cause ? <Row name={t("finding.cause")}>{cause}</Row> : null}
          {fix || actions ? (
            <Row name={t("finding.fix")}>
              {fix}
              {actions ? (
                <div className={`flex flex-wrap gap-1.5 ${fix ? "mt-2" : ""}`}>{actions}</div>
              ) : null}
            </Row>
          ) : null}
        </dl>
      ) : null}
    </section>
  );
}

function Row({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd className="min-w-0">{children}</dd>
    </>
  );
}

/** A finding made of a problem: the reason, whose it is, the other side's own words, and what to do. */
export function ProblemCard({ problem, actions }: { problem: Problem; actions?: ReactNode }) {
  const { t } = useTranslation();
  return (
    <FindingCard
      title={<WithCode text={problem.code === "not_reached" ? t("finding.notReached") : problem.message} />}
      code={problem.code}
      evidence={
        problem.provider_body ? (
          <div
            className="quote"
            lang="und"
            dir="ltr"
            tabIndex={problem.provider_body.length > 400 ? 0 : undefined}
          >
            {problem.provider_status ? `${problem.provider_status}  ` : ""}
            <Marked text={problem.provider_body} part={problem.param} />
          </div>
        ) : null
      }
      cause={problem.blame === "provider" ? null : t(`finding.blame.${problem.blame}`, { defaultValue: "" })}
      fix={
        problem.fix || problem.code === "not_reached" ? (
          <WithCode text={problem.fix ?? t("finding.notReachedFix")} />
        ) : null
      }
      actions={actions}
    />
  );
}

/** Backticks in Filon's own sentences become code; everything else stays text. */
export function WithCode({ text }: { text: string }) {
  return text.split(/`([^`\n]+)`/).map((part, at) =>
    at % 2 ? (
      <code key={at} className="text-[0.9em]">
        {part}
      </code>
    ) : (
      part
    ),
  );
}

/** The bytes that tell, marked: the parameter's name where the provider quotes it. */
function Marked({ text, part }: { text: string; part?: string | null }) {
  const at = part ? text.indexOf(`"${part}"`) : -1;
  if (!part || at < 0) return text;
  const end = at + part.length + 2;
  return (
    <>
      {text.slice(0, at)}
      <mark>{text.slice(at, end)}</mark>
      {text.slice(end)}
    </>
  );
}
