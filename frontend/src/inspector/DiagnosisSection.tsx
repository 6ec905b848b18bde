import { useTranslation } from "react-i18next";
import { useSentences } from "../ui/explain";
import { FindingCard, ProblemCard, WithCode } from "../ui/FindingCard";
import { BodyView } from "./BodyView";
import { joined } from "./ResponseSection";
import type { Attempt, Finding, Problem, TraceRecords } from "./records";
import { Heading, Section } from "./Section";
import { Visible } from "./Visible";

export interface Diagnosis {
  shown: boolean;
  findings: { finding: Finding; attempt: Attempt }[];
  problem: Problem | null;
}

/** Findings of every attempt in the order of the turn, and the problem it ended with. */
export function diagnosisOf(records: TraceRecords): Diagnosis {
  const findings = records.attempts.flatMap((attempt) =>
    attempt.findings.map((finding) => ({ finding, attempt })),
  );
  const problem =
    records.settled?.error ?? [...records.all].reverse().find((record) => record.error)?.error ?? null;
  // What an attempt stumbled over is not what the turn ended with, when a later one answered.
  const ended = records.settled?.outcome === "complete" ? null : problem;
  return { shown: findings.length > 0 || ended !== null, findings, problem: ended };
}

export function DiagnosisSection({ diagnosis, attempt }: { diagnosis: Diagnosis; attempt?: Attempt }) {
  const { t } = useTranslation("inspector");
  const { findings, problem } = diagnosis;
  // What Filon itself refused carries its reason; only the words of others need a finding.
  const unmatched = problem?.blame === "provider" || problem?.blame === "network";
  const reply = rawReply(problem, findings.at(-1)?.attempt ?? attempt);
  return (
    <Section
      id="diagnosis"
      title={t("section.diagnosis")}
      small={[
        findings.length
          ? t("diagnosis.findings", { count: findings.length })
          : unmatched
            ? t("diagnosis.noFinding")
            : null,
        problem
          ? t("diagnosis.blame", { who: t(`blame.${problem.blame}`, { defaultValue: problem.blame }) })
          : null,
      ]
        .filter(Boolean)
        .join(" · ")}
    >
      <div className="grid gap-3">
        {findings.map(({ finding, attempt: own }, at) => (
          <div key={at} className="grid gap-1">
            {own.endpoint && diagnosis.findings.length > 1 ? (
              <p className="mono text-ink-3">
                {t("diagnosis.inAttempt", { number: own.number, endpoint: own.endpoint })}
              </p>
            ) : null}
            <OneFinding finding={finding} tone={problem ? "error" : "warn"} />
          </div>
        ))}
        {problem && findings.length === 0 ? (
          <ProblemCard problem={{ ...problem, provider_body: null }} />
        ) : null}
        {problem && findings.length > 0 ? (
          <p className="text-ink-2">
            <span className="mono">{problem.code}</span> · <WithCode text={problem.message} />
          </p>
        ) : null}
        {reply ? (
          <div>
            <Heading
              title={t("diagnosis.reply")}
              small={
                <span className="mono">{problem?.provider_status ?? findings.at(-1)?.attempt.status}</span>
              }
            />
            <BodyView body={reply} open={4} />
          </div>
        ) : null}
      </div>
    </Section>
  );
}

/** The provider's own words, never translated. */
function rawReply(problem: Problem | null, attempt?: Attempt) {
  const text = problem?.provider_body;
  if (text) return { text, size: new TextEncoder().encode(text).length, exact: true };
  return attempt && (attempt.status ?? 0) >= 400 ? joined(attempt) : null;
}

function OneFinding({ finding, tone }: { finding: Finding; tone: "error" | "warn" }) {
  const said = useSentences()(finding) ?? finding;
  return (
    <FindingCard
      tone={tone}
      title={<WithCode text={said.title} />}
      code={finding.code}
      evidence={
        finding.evidence ? (
          <div className="quote" lang="und" dir="ltr">
            <Visible text={finding.evidence} />
          </div>
        ) : null
      }
      cause={
        said.causes.length ? (
          <ol className="insp-causes">
            {said.causes.map((cause, at) => (
              <li key={at}>
                <WithCode text={cause} />
              </li>
            ))}
          </ol>
        ) : null
      }
      fix={said.fix ? <WithCode text={said.fix} /> : null}
    />
  );
}
