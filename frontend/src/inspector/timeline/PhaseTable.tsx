import { useTranslation } from "react-i18next";
import { duration } from "../../format";
import type { Phase } from "../phases";
import type { Timing } from "../records";

const POINTS = ["queued", "dns", "connect", "tls", "sent", "first_byte", "first_output", "ended"] as const;

/** The same as the core, for those who read tables: phases, then the moments they are made from. */
export function PhaseTable({ phases, timing }: { phases: Phase[]; timing: Timing }) {
  const { t } = useTranslation("inspector");
  const moments = POINTS.filter((point) => typeof timing[point] === "number");
  return (
    <div className="grid gap-3">
      <table className="insp-table">
        <caption className="sr-only">{t("timeline.phaseTable")}</caption>
        <thead>
          <tr>
            <th>{t("timeline.phase")}</th>
            <th className="r">{t("timeline.from")}</th>
            <th className="r">{t("timeline.to")}</th>
            <th className="r">{t("timeline.took")}</th>
          </tr>
        </thead>
        <tbody>
          {phases.map((phase, at) => (
            <tr key={at} className={phase.kind === "stall" ? "text-warn" : ""}>
              <td>{t(`phase.${phase.kind}`)}</td>
              <td className="m r">{duration(phase.from)}</td>
              <td className="m r">{duration(phase.to)}</td>
              <td className="m r">{duration(phase.to - phase.from)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <table className="insp-table">
        <caption className="sr-only">{t("timeline.momentTable")}</caption>
        <thead>
          <tr>
            <th>{t("timeline.moment")}</th>
            <th className="r">{t("timeline.reachedAt")}</th>
          </tr>
        </thead>
        <tbody>
          {moments.map((point) => (
            <tr key={point}>
              <td>{t(`moment.${point}`)}</td>
              <td className="m r">{duration(timing[point])}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
