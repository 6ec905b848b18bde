import { SlidersVertical } from "lucide-react";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Parameters, Preset } from "../../../api/types";
import { Button } from "../../../ui/Button";
import { Popover } from "../../../ui/Popover";
import { compose, useComposed } from "./composing";
import { FIELDS, type ParameterField, parseField, showField, summary } from "./parameters";

interface ParameterPopoverProps {
  conversation: string;
  preset: Preset | undefined;
}

/** What is sent beside the text. An empty field is not sent at all. */
export function ParameterPopover({ conversation, preset }: ParameterPopoverProps) {
  const { t } = useTranslation("chat");
  const { parameters } = useComposed(conversation);
  const said = summary(parameters);
  const set = (name: string, value: unknown) => {
    const { [name]: _, ...others } = parameters;
    compose(conversation, { parameters: value === undefined ? others : { ...others, [name]: value } });
  };
  return (
    <Popover
      label={t("parameters.title")}
      side="top"
      className="w-[320px] p-4"
      trigger={
        <Button
          kind="bare"
          className="min-w-0 px-2"
          aria-label={said ? t("parameters.set", { said }) : t("parameters.title")}
          data-testid="parameters"
        >
          {said ? (
            <span className="mono cut text-ink-3">{said}</span>
          ) : (
            <SlidersVertical size={16} strokeWidth={1.75} />
          )}
        </Button>
      }
    >
      <div className="mb-3 flex items-center">
        <h2 className="flex-1 font-title">{t("parameters.title")}</h2>
        <Button small kind="bare" disabled={!said} onClick={() => compose(conversation, { parameters: {} })}>
          {t("parameters.clear")}
        </Button>
      </div>
      <div className="grid gap-2">
        {FIELDS.map((field) => (
          <Field
            key={field.name}
            field={field}
            parameters={parameters}
            preset={preset?.parameters.find(({ name }) => name === field.name)?.value}
            onSet={(value) => set(field.name, value)}
          />
        ))}
      </div>
      <p className="mt-3 text-xs text-ink-3">
        {preset?.parameters.length
          ? t("parameters.presetNote", { preset: preset.label })
          : t("parameters.note")}
      </p>
    </Popover>
  );
}

interface FieldProps {
  field: ParameterField;
  parameters: Parameters;
  /** What the preset sends where the field is empty. */
  preset: unknown;
  onSet: (value: unknown) => void;
}

function Field({ field, parameters, preset, onSet }: FieldProps) {
  const { t } = useTranslation("chat");
  const id = useId();
  const [typed, setTyped] = useState<string | null>(null);
  const shown = typed ?? showField(parameters[field.name]);
  const wrong = typed !== null && parseField(field, typed) === null;
  const change = (text: string) => {
    setTyped(text);
    const value = parseField(field, text);
    if (value !== null) onSet(value);
  };
  const common = {
    id,
    value: shown,
    placeholder: preset === undefined ? t("parameters.unset") : showField(preset),
    "aria-invalid": wrong,
    "aria-describedby": wrong ? `${id}-wrong` : undefined,
    onBlur: () => wrong || setTyped(null),
  };
  return (
    <div className="grid grid-cols-[1fr_128px] items-center gap-x-3">
      <label htmlFor={id} className="mono text-ink-2">
        {field.name}
      </label>
      {field.kind === "lines" ? (
        <textarea
          {...common}
          rows={Math.max(1, shown.split("\n").length)}
          className="field mono h-auto resize-none py-1.5"
          onChange={(event) => change(event.target.value)}
        />
      ) : (
        <input
          {...common}
          inputMode={field.kind === "whole" ? "numeric" : "decimal"}
          className="field mono text-right"
          onChange={(event) => change(event.target.value)}
          onKeyDown={(event) => {
            const by = event.key === "ArrowUp" ? 1 : event.key === "ArrowDown" ? -1 : 0;
            if (!by) return;
            event.preventDefault();
            change(String(stepped(field, Number(shown) || 0, by)));
          }}
        />
      )}
      {wrong ? (
        <p id={`${id}-wrong`} className="col-span-2 mt-1 text-right text-xs text-error">
          {t(field.kind === "whole" ? "parameters.notWhole" : "parameters.notNumber")}
        </p>
      ) : null}
    </div>
  );
}

function stepped(field: ParameterField, value: number, by: number): number {
  const next = Number((value + by * (field.step ?? 1)).toFixed(4));
  return Math.min(
    field.most ?? Number.MAX_SAFE_INTEGER,
    Math.max(field.least ?? Number.MIN_SAFE_INTEGER, next),
  );
}
