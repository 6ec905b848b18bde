import { useTranslation } from "react-i18next";
import { duration } from "../../format";
import { type Phase, STRATUM, sumByKind } from "../phases";

interface CoreProps {
  phases: Phase[];
  /** Seconds that the whole width stands for. */
  span: number;
  height?: number;
  /** Where the present is, while the exchange lives. */
  now?: number;
}

/** The bar of strata: what came after what, to scale, each with its own pattern. */
export function Core({ phases, span, height = 24, now }: CoreProps) {
  const part = (seconds: number) => `${Math.min(100, (seconds / span) * 100)}%`;
  return (
    <div className="insp-core" style={{ height }} aria-hidden="true">
      {phases.map((phase, at) => (
        <i
          key={at}
          {...(phase.kind === "stall" ? { "data-stall": "" } : { "data-s": STRATUM[phase.kind] })}
          style={{ left: part(phase.from), width: `max(3px, calc(${part(phase.to - phase.from)} - 1px))` }}
        />
      ))}
      {now === undefined ? null : <i data-now="" style={{ left: part(now) }} />}
    </div>
  );
}

/** The key to the strata, with how long each took in all. */
export function Phases({ phases, done }: { phases: Phase[]; done?: number }) {
  const { t } = useTranslation("inspector");
  return (
    <ul className="insp-phases">
      {sumByKind(phases).map(({ kind, seconds, at }) => (
        <li key={kind} data-kind={kind}>
          <i className="sw" {...(kind === "stall" ? { "data-stall": "" } : { "data-s": STRATUM[kind] })} />
          {t(`phase.${kind}`)}{" "}
          <b>{kind === "failed" ? t("phase.at", { time: duration(at) }) : duration(seconds)}</b>
        </li>
      ))}
      {done === undefined ? null : (
        <li>
          {t("phase.done")} <b>{t("phase.at", { time: duration(done) })}</b>
        </li>
      )}
    </ul>
  );
}
