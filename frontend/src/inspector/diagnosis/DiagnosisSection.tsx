import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import { useSentences } from "../../ui/explain";
import { FindingCard, ProblemCard, WithCode } from "../../ui/FindingCard";
import { BodyView } from "../BodyView";
import { joined } from "../ResponseSection";
import type { Attempt, Problem } from "../records";
import type { Replaying } from "../replay/replaying";
import { Heading, Section } from "../Section";
import { Visible } from "../Visible";
import { FixButtons } from "./FixButtons";
import { type Diagnosis, type Found, tellingPart } from "./findings";

interface DiagnosisProps {
  diagnosis: Diagnosis;
  attempt?: Attempt;
  replaying: Replaying;
  live: boolean;
}

/** What went wrong or was odd: the evidence, the causes in their order, and what can be done. */
export function DiagnosisSection({ diagnosis, attempt, replaying, live }: DiagnosisProps) {
  const { t } = useTranslation("inspector");
  const { failures, notices, problem } = diagnosis;
  // What Filon itself refused carries its reason; only the words of others need a finding.
  const unmatched = problem?.blame === "provider" || problem?.blame === "network";
  const reply = rawReply(problem, failures.at(-1)?.attempt ?? attempt);
  const all = [...failures, ...notices];
  const several = new Set(all.flatMap((one) => one.numbers)).size > 1;
  return (
    <Section
      id="diagnosis"
      title={t("section.diagnosis")}
      small={[
        all.length
          ? t("diagnosis.findings", { count: all.length })
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
        {all.length === 0 && !problem ? (
          <p className="text-ink-2">{t(live ? "diagnosis.notYet" : "diagnosis.nothing")}</p>
        ) : null}
        {replaying.problem && !replaying.editing ? <ProblemCard problem={replaying.problem} /> : null}
        {all.map((found, at) => (
          <div key={at} className="grid gap-1">
            {several && found.attempt ? (
              <p className="mono text-ink-3">
                {t("diagnosis.inAttempt", {
                  count: found.numbers.length,
                  number: found.numbers.join(", "),
                  endpoint: found.attempt.endpoint,
                })}
              </p>
            ) : null}
            <OneFinding
              found={found}
              tone={problem && found.finding.kind !== "notice" ? "error" : "warn"}
              replaying={replaying}
              // The last failure is what the turn ended with.
              ore={found === failures.at(-1) && problem !== null}
            />
          </div>
        ))}
        {problem && failures.length === 0 ? (
          <ProblemCard problem={{ ...problem, provider_body: null }} />
        ) : null}
        {problem && failures.length > 0 ? (
          <p className="text-ink-2">
            <span className="mono">{problem.code}</span> · <WithCode text={problem.message} />
          </p>
        ) : null}
        {reply ? (
          <div>
            <Heading
              title={t("diagnosis.reply")}
              small={
                <span className="mono">{problem?.provider_status ?? failures.at(-1)?.attempt?.status}</span>
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

interface OneProps {
  found: Found;
  tone: "error" | "warn";
  replaying: Replaying;
  ore: boolean;
}

function OneFinding({ found, tone, replaying, ore }: OneProps) {
  const { t } = useTranslation("inspector");
  const { finding, attempt, decisions } = found;
  const said = useSentences()(finding) ?? finding;
  const fixes = finding.fixes ?? [];
  return (
    <FindingCard
      tone={tone}
      title={<WithCode text={said.title} />}
      code={finding.code}
      evidence={
        finding.evidence ? (
          <>
            <div className="quote" lang="und" dir="ltr">
              <Evidence text={finding.evidence} part={tellingPart(finding)} />
            </div>
            {finding.where || finding.host ? (
              <p className="mt-1 text-xs text-ink-3">
                {finding.where ? t("diagnosis.where", { place: placeWords(finding.where, t) }) : null}
                {finding.where && finding.host ? " · " : null}
                {finding.host ? (
                  <>
                    {t("diagnosis.host")} <Visible text={finding.host} />
                  </>
                ) : null}
              </p>
            ) : null}
          </>
        ) : null
      }
      cause={
        said.causes.length === 1 ? (
          <WithCode text={said.causes[0] ?? ""} />
        ) : said.causes.length ? (
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
      actions={
        fixes.length ? (
          <FixButtons fixes={fixes} attempt={attempt} decisions={decisions} replaying={replaying} ore={ore} />
        ) : null
      }
    />
  );
}

/** "header retry-after", "frames 12-14", "body": the first word is ours, the rest theirs. */
function placeWords(where: string, t: TFunction<"inspector">): string {
  const [first = "", ...rest] = where.split(" ");
  const name = rest.join(" ");
  return t(`diagnosis.place.${first}`, { name, defaultValue: where }).trim();
}

/** The quoted words, with the telling ones marked. */
function Evidence({ text, part }: { text: string; part: string | null }) {
  const at = part ? text.indexOf(part) : -1;
  if (!part || at < 0) return <Visible text={text} />;
  return (
    <>
      <Visible text={text.slice(0, at)} />
      <mark>
        <Visible text={part} />
      </mark>
      <Visible text={text.slice(at + part.length)} />
    </>
  );
}
