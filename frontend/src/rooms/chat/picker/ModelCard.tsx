import { useTranslation } from "react-i18next";
import type { Fact, Model } from "../../../api/types";
import { count, money } from "../../../format";
import { WithCode } from "../../../ui/FindingCard";
import { hasOwnName } from "./search";

/** Each fact about one model, with where it comes from; above them what there is to say of it. */
export function ModelCard({ model, note }: { model: Model; note?: string }) {
  const { t } = useTranslation("chat");
  const abilities = Array.isArray(model.abilities.value) ? model.abilities.value : null;
  return (
    <aside className="picker-card" aria-live="off" aria-label={t("picker.facts")}>
      <h3 className="mono break-all text-sm font-strong">{model.model}</h3>
      <p className="mt-0.5 text-ink-2">
        {model.targets
          ? t("picker.route")
          : hasOwnName(model)
            ? `${model.display_label} · ${model.endpoint_label}`
            : model.endpoint_label}
      </p>
      {model.about ? <p className="mt-3">{model.about}</p> : null}
      {model.usable ? null : <p className="mt-3 text-warn">{model.reason}</p>}
      {model.usable && note ? (
        <p className="mt-3">
          <WithCode text={note} />
        </p>
      ) : null}
      {model.targets ? <Targets targets={model.targets} /> : null}
      <dl>
        <Row name={t("picker.context")} fact={model.context}>
          {model.context.value === null ? null : t("picker.tokens", { figure: count(model.context.value) })}
        </Row>
        <Row name={t("picker.priceIn")} fact={model.input_usd_per_mtok}>
          {priceOf(model.input_usd_per_mtok)}
        </Row>
        <Row name={t("picker.priceOut")} fact={model.output_usd_per_mtok}>
          {priceOf(model.output_usd_per_mtok)}
        </Row>
        <Row name={t("picker.abilities")} fact={model.abilities}>
          {abilities
            ? abilities.map((ability) => t(`ability.${ability}`, { defaultValue: ability })).join(", ") ||
              t("picker.noAbilities")
            : null}
        </Row>
        <dt>{t("picker.listed")}</dt>
        <dd>{model.source}</dd>
      </dl>
    </aside>
  );

  function priceOf(fact: Fact<number>): string | null {
    if (fact.value === null) return null;
    return fact.value === 0 ? t("picker.noPrice") : t("picker.perM", { price: money(fact.value) });
  }
}

/** Where a route leads, in the order in which it is tried. */
function Targets({ targets }: { targets: NonNullable<Model["targets"]> }) {
  return (
    <ol className="mt-3">
      {targets.map(({ id, reason }) => (
        <li key={id}>
          <span className={`mono break-all ${reason ? "text-ink-3" : ""}`}>{id}</span>
          {reason ? <p className="source">{reason}</p> : null}
        </li>
      ))}
    </ol>
  );
}

function Row({ name, fact, children }: { name: string; fact: Fact; children: string | null }) {
  const { t } = useTranslation("chat");
  return (
    <>
      <dt>{name}</dt>
      <dd className={children === null ? "text-ink-3" : ""}>{children ?? t("unknown", { ns: "common" })}</dd>
      {fact.source ? <dd className="source">{fact.source}</dd> : null}
    </>
  );
}
