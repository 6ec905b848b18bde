import { useTranslation } from "react-i18next";
import { duration } from "../../format";
import type { TraceRecords } from "../records";
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

/** Why this endpoint and not another, and why no earlier answer was used. */
function Reasons({ records }: { records: TraceRecords }) {
  const { t } = useTranslation("inspector");
  const routed = records.routed.at(-1);
  const recalled = records.recalled;
  if (!routed && !recalled && !records.admitted) return null;
  return (
    <dl className="insp-facts mt-3">
      {records.admitted ? (
        <>
          <dt>admit</dt>
          <dd>{t("stages.by", { by: records.admitted.by })}</dd>
        </>
      ) : null}
      {routed ? (
        <>
          <dt>route</dt>
          <dd>
            <ul>
              {routed.candidates.map((candidate, at) => (
                <li key={at} className={candidate.kept ? "" : "text-ink-3"}>
                  <span className="mono">
                    {candidate.endpoint}/{candidate.model}
                  </span>{" "}
                  {candidate.kept ? t("stages.kept") : t("stages.passedOver")}:{" "}
                  <Visible text={candidate.reason} />
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
