import { useTranslation } from "react-i18next";
import type { Preset, Where } from "../../../api/types";

/** What a preset is made of, each part with the line of the file that says it. */
export function PresetCard({ preset }: { preset: Preset }) {
  const { t } = useTranslation("chat");
  return (
    <aside className="picker-card" aria-live="off" aria-label={t("preset.facts")}>
      <h3 className="text-sm font-strong">{preset.label}</h3>
      {preset.description ? <p className="mt-0.5 text-ink-2">{preset.description}</p> : null}
      {preset.state === "broken" ? <p className="mt-3 text-warn">{preset.reason}</p> : null}
      <dl>
        <dt>{t("preset.model")}</dt>
        <dd className={preset.target ? "" : "text-ink-3"}>
          {preset.target ?? t("unknown", { ns: "common" })}
        </dd>
        {preset.parameters.map(({ name, value, because }) => (
          <Fact key={name} name={name} text={JSON.stringify(value)} because={because} />
        ))}
        <dt>{t("preset.listed")}</dt>
        <dd>{placeOf(preset.because)}</dd>
      </dl>
      {preset.system && preset.system_because ? (
        <section className="mt-3">
          <h4 className="text-ink-3">{t("preset.system")}</h4>
          <p className="preset-system" dir="auto" lang="und">
            {preset.system}
          </p>
          <p className="mono source">{placeOf(preset.system_because)}</p>
        </section>
      ) : null}
    </aside>
  );
}

function Fact({ name, text, because }: { name: string; text: string; because: Where }) {
  return (
    <>
      <dt className="mono cut" title={name}>
        {name}
      </dt>
      <dd>{text}</dd>
      <dd className="source">{placeOf(because)}</dd>
    </>
  );
}

export function placeOf({ source, line }: Where): string {
  return line ? `${source}:${line}` : source;
}
