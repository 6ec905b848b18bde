import { useTranslation } from "react-i18next";
import { duration } from "../../format";
import type { Phase } from "../phases";
import type { Timing } from "../records";

const STEPS = ["dns", "connect", "proxy", "tls"] as const;
const MOMENTS = ["sent", "first_byte", "first_output", "ended"] as const;

/** The same as the core, for those who read tables: phases, then the moments they are made from. */
export function PhaseTable({ phases, timing }: { phases: Phase[]; timing: Timing }) {
  const { t } = useTranslation("inspector");
  const steps = STEPS.filter((step) => typeof timing[step] === "number");
  const moments = MOMENTS.filter((moment) => typeof timing[moment] === "number");
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
            <th className="r">{t("timeline.took")}</th>
            <th className="r">{t("timeline.reachedAt")}</th>
          </tr>
        </thead>
        <tbody>
          {steps.map((step) => (
            <tr key={step}>
              <td>{t(`moment.${step}`)}</td>
              <td className="m r">{duration(timing[step])}</td>
              <td />
            </tr>
          ))}
          {moments.map((moment) => (
            <tr key={moment}>
              <td>{t(`moment.${moment}`)}</td>
              <td />
              <td className="m r">{duration(timing[moment])}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
