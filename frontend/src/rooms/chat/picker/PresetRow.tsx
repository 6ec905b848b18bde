import { Check, Lock } from "lucide-react";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import type { Preset } from "../../../api/types";
import { Monogram } from "./Monogram";

interface PresetRowProps {
  id: string;
  preset: Preset;
  chosen: boolean;
  /** The keyboard is here. */
  at: boolean;
  onAt: () => void;
  onChoose: () => void;
}

export const PresetRow = memo(function PresetRow(props: PresetRowProps) {
  const { id, preset, chosen, at, onAt, onChoose } = props;
  const { t } = useTranslation("chat");
  const ready = preset.state === "ready";
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the field above has the keyboard for all rows
    // biome-ignore lint/a11y/useFocusableInteractive: see above, aria-activedescendant
    <div
      id={id}
      role="option"
      className="picker-row picker-preset"
      aria-selected={chosen}
      aria-disabled={!ready}
      data-at={at}
      data-preset={preset.name}
      onMouseMove={() => at || onAt()}
      onClick={onChoose}
    >
      <span className={chosen ? "text-vein" : "text-ink-3"}>
        {chosen ? (
          <Check size={14} strokeWidth={2} aria-hidden="true" />
        ) : ready ? null : (
          <Lock size={14} strokeWidth={1.75} aria-hidden="true" />
        )}
      </span>
      <span className="picker-preset-name">
        {preset.icon_in_menu ? <Monogram preset={preset} /> : null}
        <b>{preset.label}</b>
        {ready && preset.description ? <span className="cut text-ink-3">{preset.description}</span> : null}
      </span>
      {ready ? (
        <span className="mono cut picker-preset-target">{preset.target}</span>
      ) : (
        <span className="reason">{preset.reason ?? t("preset.broken")}</span>
      )}
    </div>
  );
});
