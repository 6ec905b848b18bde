import { useQuery } from "@tanstack/react-query";
import { useId } from "react";
import { useTranslation } from "react-i18next";
import { endpointsQuery } from "../../api/queries";
import type { Draft } from "./draft";

interface TargetProps {
  draft: Draft;
  onPut: (change: Partial<Draft>) => void;
  autoFocus: boolean;
  wrong: boolean;
}

/** Which endpoint and model it goes to. An endpoint brings its own address and key with it. */
export function TargetFields({ draft, onPut, autoFocus, wrong }: TargetProps) {
  const { t } = useTranslation("inspector");
  const list = useId();
  const { data: endpoints = [] } = useQuery(endpointsQuery);
  const usable = endpoints.filter((one) => one.models.length > 0);
  const known = usable.some((one) => one.name === draft.endpoint);
  // A model may be named with its endpoint or without: the traces of a gateway have it as it was asked.
  const whole = draft.model.startsWith(`${draft.endpoint}/`);
  const models = usable.find((one) => one.name === draft.endpoint)?.models ?? [];
  return (
    <div className="insp-target">
      <label>
        <span>{t("replay.endpoint")}</span>
        <select
          className="field"
          value={draft.endpoint}
          onChange={(event) => {
            const endpoint = event.target.value;
            const first = usable.find((one) => one.name === endpoint)?.models[0];
            const model = whole ? `${endpoint}/${first?.model ?? ""}` : (first?.model ?? draft.model);
            onPut({ endpoint, model });
          }}
        >
          {known ? null : <option value={draft.endpoint}>{draft.endpoint || t("replay.noEndpoint")}</option>}
          {usable.map((one) => (
            <option key={one.name} value={one.name}>
              {one.label}
            </option>
          ))}
        </select>
      </label>
      <label>
        <span>{t("replay.model")}</span>
        <input
          className="field mono"
          list={list}
          value={draft.model}
          // biome-ignore lint/a11y/noAutofocus: the form was opened to change this
          autoFocus={autoFocus}
          aria-invalid={wrong || undefined}
          spellCheck={false}
          onChange={(event) => onPut({ model: event.target.value })}
          data-testid="replay-model"
        />
        <datalist id={list}>
          {models.map((one) => (
            <option key={one.id} value={whole ? one.id : one.model} />
          ))}
        </datalist>
        {wrong ? <small className="text-error">{t("replay.fault.noModel")}</small> : null}
      </label>
    </div>
  );
}
