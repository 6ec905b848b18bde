import { X } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Fact, Model } from "../../api/types";
import { count } from "../../format";
import { perMillion } from "../../inspector/figures";
import { Button } from "../../ui/Button";
import { IconButton } from "../../ui/IconButton";
import { Abilities, FactCell } from "./ModelTable";
import { bestOf } from "./models";

interface ComparisonProps {
  models: Model[];
  onRemove: (id: string) => void;
  onClose: () => void;
}

type NumberFact = "context" | "input_usd_per_mtok" | "output_usd_per_mtok";
const FACTS: { name: NumberFact; wanted: "least" | "most"; show: (value: number) => string }[] = [
  { name: "context", wanted: "most", show: (value) => count(value) },
  { name: "input_usd_per_mtok", wanted: "least", show: perMillion },
  { name: "output_usd_per_mtok", wanted: "least", show: perMillion },
];

/** Facts of several models side by side, whichever endpoint they belong to. */
export function Comparison({ models, onRemove, onClose }: ComparisonProps) {
  const { t } = useTranslation("endpoints");
  return (
    <article className="ep-detail">
      <header>
        <h2>{t("comparison.title")}</h2>
        <span className="flex-1" />
        <Button small onClick={onClose}>
          {t("comparison.back")}
        </Button>
      </header>
      {models.length < 2 ? <p className="text-ink-2">{t("comparison.oneMore")}</p> : null}
      <div className="overflow-x-auto">
        <table className="ep-compare">
          <thead>
            <tr>
              <th scope="col">
                <span className="sr-only">{t("comparison.fact")}</span>
              </th>
              {models.map((model) => (
                <th key={model.id} scope="col">
                  <span className="flex items-start gap-1">
                    <span className="min-w-0 flex-1 break-words">
                      {model.display_label}
                      <small>{model.endpoint_label}</small>
                    </span>
                    <IconButton
                      small
                      label={t("comparison.remove", { model: model.display_label })}
                      onClick={() => onRemove(model.id)}
                    >
                      <X size={14} />
                    </IconButton>
                  </span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            <Row
              name={t("comparison.id")}
              models={models}
              cell={(model) => <span className="mono break-all">{model.id}</span>}
            />
            <Row
              name={t("comparison.usable")}
              models={models}
              cell={(model) =>
                model.usable ? (
                  t("comparison.yes")
                ) : (
                  <span className="text-warn">{model.reason ?? t("comparison.no")}</span>
                )
              }
            />
            {FACTS.map(({ name, wanted, show }) => {
              const best = bestOf(
                models.map((model) => model[name]),
                wanted,
              );
              return (
                <Row
                  key={name}
                  name={t(`comparison.${name}`)}
                  models={models}
                  cell={(model) => (
                    <Best fact={model[name]} best={best} word={t(`comparison.${wanted}`)} show={show} />
                  )}
                />
              );
            })}
            <Row name={t("models.abilities")} models={models} cell={(model) => <Abilities model={model} />} />
            <Row name={t("comparison.source")} models={models} cell={(model) => model.source} />
          </tbody>
        </table>
      </div>
    </article>
  );
}

function Best({
  fact,
  best,
  word,
  show,
}: {
  fact: Fact<number>;
  best: number | null;
  word: string;
  show: (value: number) => string;
}) {
  return (
    <>
      {best !== null && fact.value === best ? (
        <span className="float-right text-xs text-ok">✓ {word}</span>
      ) : null}
      <FactCell fact={fact} show={show} />
    </>
  );
}

function Row({ name, models, cell }: { name: string; models: Model[]; cell: (model: Model) => ReactNode }) {
  return (
    <tr>
      <th scope="row">{name}</th>
      {models.map((model) => (
        <td key={model.id}>{cell(model)}</td>
      ))}
    </tr>
  );
}

interface ChosenBarProps {
  compared: string[];
  onCompare: () => void;
  onClear: () => void;
}

/** Stands below while models are ticked; they may come from several endpoints. */
export function ChosenBar({ compared, onCompare, onClear }: ChosenBarProps) {
  const { t } = useTranslation("endpoints");
  return (
    <section className="ep-chosen" aria-label={t("comparison.title")}>
      <span role="status">{t("comparison.chosen", { count: compared.length })}</span>
      <span className="mono cut flex-1 text-ink-3">{compared.join(", ")}</span>
      <Button small kind="bare" onClick={onClear}>
        {t("comparison.clear")}
      </Button>
      <Button
        small
        kind={compared.length > 1 ? "ore" : "line"}
        disabled={compared.length < 2}
        onClick={onCompare}
      >
        {t("comparison.open")}
      </Button>
    </section>
  );
}
