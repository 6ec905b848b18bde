import { Check, Lock } from "lucide-react";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import type { Model } from "../../../api/types";
import { context, price } from "../../../format";
import { WithCode } from "../../../ui/FindingCard";
import { hasOwnName } from "./search";

interface ModelRowProps {
  id: string;
  model: Model;
  chosen: boolean;
  /** What there is to say of it in place of its figures. */
  note?: string;
  /** The keyboard is here. */
  at: boolean;
  onAt: () => void;
  onChoose: () => void;
}

export const ModelRow = memo(function ModelRow(props: ModelRowProps) {
  const { id, model, chosen, note, at, onAt, onChoose } = props;
  const { t } = useTranslation("chat");
  const named = hasOwnName(model);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the field above has the keyboard for all rows
    // biome-ignore lint/a11y/useFocusableInteractive: see above, aria-activedescendant
    <div
      id={id}
      role="option"
      className={model.targets ? "picker-row picker-preset" : "picker-row"}
      aria-selected={chosen}
      aria-disabled={!model.usable}
      data-at={at}
      data-model={model.id}
      onMouseMove={() => at || onAt()}
      onClick={onChoose}
    >
      <span className={chosen ? "text-vein" : "text-ink-3"}>
        {chosen ? (
          <Check size={14} strokeWidth={2} aria-hidden="true" />
        ) : model.usable ? null : (
          <Lock size={14} strokeWidth={1.75} aria-hidden="true" />
        )}
      </span>
      <span className="cut">
        <span className="mono">
          {model.targets ? null : <span className="text-ink-3">{model.endpoint}/</span>}
          {model.model}
        </span>
        {named ? <span className="ml-2 text-ink-3">{model.display_label}</span> : null}
      </span>
      {model.usable && note ? (
        <span className="reason" title={note}>
          <WithCode text={note} />
        </span>
      ) : model.usable && model.targets ? (
        <span className="mono cut picker-preset-target">{model.targets.map(({ id }) => id).join(", ")}</span>
      ) : model.usable ? (
        <>
          <span className="abilities">
            {(Array.isArray(model.abilities.value) ? model.abilities.value : []).map((ability) => (
              <span key={ability} className="tag">
                {t(`ability.${ability}`, { defaultValue: ability })}
              </span>
            ))}
          </span>
          <span className="mono">{context(model.context.value)}</span>
          <Prices model={model} />
        </>
      ) : (
        <span className="reason">{model.reason ?? t("composer.unusable")}</span>
      )}
    </div>
  );
});

/** Two columns of figures, or one word where there is no figure. */
function Prices({ model }: { model: Model }) {
  const { t } = useTranslation("chat");
  const [input, output] = [model.input_usd_per_mtok.value, model.output_usd_per_mtok.value];
  if (input === null && output === null) return <span className="mono both">{t("picker.unpriced")}</span>;
  if (model.practice) return <span className="mono both">{t("picker.practice")}</span>;
  if (input === 0 && output === 0) return <span className="mono both">{t("picker.noPrice")}</span>;
  return (
    <>
      <span className="mono">{price(input)}</span>
      <span className="mono">{price(output)}</span>
    </>
  );
}
