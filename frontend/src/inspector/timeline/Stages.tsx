import { useTranslation } from "react-i18next";
import { count, duration } from "../../format";
import type { Admitted, Candidate, TraceRecords } from "../records";
import { Heading } from "../Section";
import { Visible } from "../Visible";
import { type Stage, stagesOf } from "./stages";

interface StagesProps {
  records: TraceRecords;
  live: boolean;
  elapsed: number;
}

export function Stages({ records, live, elapsed }: StagesProps) {
  const { t } = useTranslation("inspector");
  const stages = stagesOf(records, live, elapsed);
  return (
    <div className="mt-4">
      <Heading title={t("stages.title")} small={t("stages.small")} />
      <ol className="insp-stages">
        {stages.map((stage) => (
          <li key={stage.name} data-state={stage.state}>
            <span>{stage.name}</span>
            <small>
              {stage.state === "failed" ? <span className="sr-only">{t("stages.failed")} </span> : null}
              {figureOf(stage, t, live)}
            </small>
          </li>
        ))}
      </ol>
      <Reasons records={records} />
    </div>
  );
}

function figureOf(stage: Stage, t: (key: string) => string, live: boolean): string {
  if (stage.state === "skipped")
    return live || stage.name === "recall" ? t("stages.skipped") : t("stages.notReached");
  if (stage.state === "pending") return t("stages.notYet");
  if (stage.status !== null) return String(stage.status);
  return duration(stage.seconds);
}

/** Who asked, what let the model in, and what is left of the key's limits. */
function Right({ of: { by, through, limits = [], tags = [] } }: { of: Admitted }) {
  const { t } = useTranslation("inspector");
  return (
    <>
      {t("stages.by", { by })}
      {through && through !== "*" ? (
        <>
          , {t("stages.through")} <code>{through}</code>
        </>
      ) : null}
      {tags.length ? `, ${t("stages.tags", { tags: tags.join(", ") })}` : null}
      {limits.length ? (
        <ul>
          {limits.map((limit) => (
            <li key={limit.name} className={limit.left ? "text-ink-3" : "text-warn"}>
              {t(`stages.limit.${limit.name}`, { left: count(limit.left), limit: count(limit.limit) })}
            </li>
          ))}
        </ul>
      ) : null}
    </>
  );
}

/** Why this endpoint and not another, and why no earlier answer was used. */
function Reasons({ records }: { records: TraceRecords }) {
  const { t } = useTranslation("inspector");
  const routed = records.routed.at(-1);
  const recalled = records.recalled;
  if (!routed && !recalled && !records.admitted) return null;
  // What an earlier route had chosen was asked, and is no candidate that was only looked at.
  const hasFailed = ({ endpoint, model }: Candidate) =>
    records.routed.slice(0, -1).some((one) => one.endpoint === endpoint && one.model === model);
  return (
    <dl className="insp-facts mt-3">
      {records.admitted ? (
        <>
          <dt>admit</dt>
          <dd>
            <Right of={records.admitted} />
          </dd>
        </>
      ) : null}
      {routed ? (
        <>
          <dt>route</dt>
          <dd>
            <ul>
              {routed.candidates.map((candidate, at) => (
                <li
                  key={at}
                  className={candidate.kept ? "" : hasFailed(candidate) ? "text-error" : "text-ink-3"}
                >
                  <span className="mono">
                    {candidate.endpoint ? `${candidate.endpoint}/` : ""}
                    {candidate.model}
                  </span>{" "}
                  {candidate.kept
                    ? t("stages.kept")
                    : hasFailed(candidate)
                      ? t("stages.failedTarget")
                      : t("stages.passedOver")}
                  : <Visible text={candidate.reason} />
                </li>
              ))}
            </ul>
          </dd>
        </>
      ) : null}
      {recalled ? (
        <>
          <dt>recall</dt>
          <dd>
            {recalled.hit ? t("stages.recalled") : t("stages.notRecalled")}:{" "}
            <Visible text={recalled.reason} />
          </dd>
        </>
      ) : null}
    </dl>
  );
}
