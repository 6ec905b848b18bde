import type { TFunction } from "i18next";
import { OctagonX, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Problem } from "../api/types";
import { Visible } from "../inspector/Visible";
import { useSentences } from "./explain";

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

interface ProblemCardProps {
  problem: Problem;
  tone?: "error" | "warn";
  /** What else there is to say, above the way out. */
  note?: string;
  actions?: ReactNode;
}

/**
 * A finding made of a problem: what happened, in the reader's language where we have the words, the
 * other side's own text as it came, the likely causes in order, and what to do.
 */
export function ProblemCard({ problem, tone, note, actions }: ProblemCardProps) {
  const { t } = useTranslation();
  const said = useSentences()(problem);
  const lost = problem.code === "not_reached";
  const title = lost ? t("finding.notReached") : (said?.title ?? problem.message);
  const fix = lost ? t("finding.notReachedFix") : (said?.fix ?? problem.fix);
  return (
    <FindingCard
      title={<WithCode text={title} />}
      tone={tone}
      code={problem.code}
      evidence={evidenceOf(problem)}
      cause={said?.causes.length ? causesOf(said.causes) : blameOf(problem, t)}
      fix={
        fix || note ? (
          <>
            {note ? <p>{note}</p> : null}
            {fix ? <WithCode text={fix} /> : null}
          </>
        ) : null
      }
      actions={actions}
    />
  );
}

/** The provider's own words, as text and never translated. */
function evidenceOf({ provider_body: body, provider_status: status, param }: Problem): ReactNode {
  if (!body) return null;
  return (
    <div className="quote" lang="und" dir="ltr" translate="no" tabIndex={body.length > 400 ? 0 : undefined}>
      {status ? `${status}  ` : ""}
      <Marked text={body} part={param} />
    </div>
  );
}

function causesOf(causes: string[]): ReactNode {
  if (causes.length === 1) return <WithCode text={causes[0] ?? ""} />;
  return (
    <ol className="causes">
      {causes.map((cause) => (
        <li key={cause}>
          <WithCode text={cause} />
        </li>
      ))}
    </ol>
  );
}

/** Whose it is, where no cause is known; that the provider refused, the title says. */
function blameOf({ blame }: Problem, t: TFunction): string | null {
  return blame === "provider" ? null : t(`finding.blame.${blame}`, { defaultValue: "" });
}

/**
 * Backticks in Filon's own sentences become code; everything else stays text. The names in them are
 * others' words, so that what a screen would hide of them is shown by its code.
 */
export function WithCode({ text }: { text: string }) {
  return text.split(/`([^`\n]+)`/).map((part, at) =>
    at % 2 ? (
      <code key={at} className="text-[0.9em]">
        <Visible text={part} />
      </code>
    ) : (
      <Visible key={at} text={part} />
    ),
  );
}

/** The bytes that tell, marked: the parameter's name where the provider quotes it. */
function Marked({ text, part }: { text: string; part?: string | null }) {
  const at = part ? text.indexOf(`"${part}"`) : -1;
  if (!part || at < 0) return <Visible text={text} />;
  const end = at + part.length + 2;
  return (
    <>
      <Visible text={text.slice(0, at)} />
      <mark>
        <Visible text={text.slice(at, end)} />
      </mark>
      <Visible text={text.slice(end)} />
    </>
  );
}
