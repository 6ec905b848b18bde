import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Endpoint, Fact, Model } from "../../api/types";
import { context } from "../../format";
import { perMillion } from "../../inspector/figures";
import { Button } from "../../ui/Button";
import { abilitiesOf, type Column, MOST_COMPARED, type Order, sortModels } from "./models";

interface ModelTableProps {
  endpoint: Endpoint;
  compared: string[];
  onCompare: (id: string) => void;
}

const COLUMNS: { column: Column; right?: boolean }[] = [
  { column: "name" },
  { column: "context", right: true },
  { column: "input", right: true },
  { column: "output", right: true },
];
/** OpenRouter has hundreds of models; a page of them is enough to begin with. */
const PAGE = 100;

/** The models with their facts, each fact with where it comes from. */
export function ModelTable({ endpoint, compared, onCompare }: ModelTableProps) {
  const { t } = useTranslation("endpoints");
  const [order, setOrder] = useState<Order>({ column: "name", descending: false });
  const [words, setWords] = useState("");
  const [limit, setLimit] = useState(PAGE);
  const wanted = words.trim().toLowerCase();
  const found = endpoint.models.filter(
    (m) => !wanted || `${m.model} ${m.display_label}`.toLowerCase().includes(wanted),
  );
  const models = sortModels(found, order);
  return (
    <section aria-labelledby="ep-models">
      <h3 className="ep-h" id="ep-models">
        {t("models.title")}{" "}
        {endpoint.models.length ? (
          <small>{t("models.small", { count: endpoint.models.length })}</small>
        ) : null}
        {endpoint.models.length > 12 ? (
          <input
            type="search"
            className="field insp-find ml-auto"
            value={words}
            placeholder={t("models.find")}
            aria-label={t("models.find")}
            onChange={(event) => setWords(event.target.value)}
          />
        ) : null}
      </h3>
      {endpoint.models.length === 0 ? (
        <p className="text-ink-2">{t(endpoint.fetch ? "models.noneYet" : "models.none")}</p>
      ) : null}
      {endpoint.models.length > 0 ? (
        <table className="ep-models">
          <caption className="sr-only">{t("models.caption", { endpoint: endpoint.label })}</caption>
          <thead>
            <tr>
              <th scope="col" className="check">
                <span className="sr-only">{t("models.compare")}</span>
              </th>
              {COLUMNS.map(({ column, right }) => (
                <SortHead key={column} column={column} right={right} order={order} onOrder={setOrder} />
              ))}
              <th scope="col">{t("models.abilities")}</th>
            </tr>
          </thead>
          <tbody>
            {models.slice(0, limit).map((model) => (
              <ModelRow
                key={model.id}
                model={model}
                checked={compared.includes(model.id)}
                full={compared.length >= MOST_COMPARED}
                onCompare={onCompare}
              />
            ))}
          </tbody>
        </table>
      ) : null}
      {models.length > limit ? (
        <Button small className="mt-3" onClick={() => setLimit(limit + PAGE)}>
          {t("models.more", { count: models.length - limit })}
        </Button>
      ) : null}
    </section>
  );
}

interface SortHeadProps {
  column: Column;
  right?: boolean;
  order: Order;
  onOrder: (order: Order) => void;
}

function SortHead({ column, right, order, onOrder }: SortHeadProps) {
  const { t } = useTranslation("endpoints");
  const own = order.column === column;
  return (
    <th
      scope="col"
      className={right ? "r" : ""}
      aria-sort={own ? (order.descending ? "descending" : "ascending") : "none"}
    >
      <button type="button" onClick={() => onOrder({ column, descending: own && !order.descending })}>
        {t(`models.${column}`)}
        <span aria-hidden="true">{own ? (order.descending ? " ↓" : " ↑") : ""}</span>
      </button>
    </th>
  );
}

interface ModelRowProps {
  model: Model;
  checked: boolean;
  full: boolean;
  onCompare: (id: string) => void;
}

function ModelRow({ model, checked, full, onCompare }: ModelRowProps) {
  const { t } = useTranslation("endpoints");
  return (
    <tr data-usable={model.usable}>
      <td className="check">
        <input
          type="checkbox"
          checked={checked}
          disabled={full && !checked}
          aria-label={t("models.compareOne", { model: model.display_label })}
          title={full && !checked ? t("models.full", { count: MOST_COMPARED }) : undefined}
          onChange={() => onCompare(model.id)}
        />
      </td>
      <td>
        <span className={model.display_label === model.model ? "mono" : ""}>{model.display_label}</span>
        {model.display_label === model.model ? null : (
          <span className="mono ml-2 text-ink-3">{model.model}</span>
        )}
        <Source text={model.usable ? model.source : (model.reason ?? model.source)} warn={!model.usable} />
      </td>
      <td className="r">
        <FactCell fact={model.context} show={(value) => context(value)} />
      </td>
      <td className="r">
        <FactCell fact={model.input_usd_per_mtok} show={perMillion} />
      </td>
      <td className="r">
        <FactCell fact={model.output_usd_per_mtok} show={perMillion} />
      </td>
      <td>
        <Abilities model={model} />
      </td>
    </tr>
  );
}

export function FactCell({ fact, show }: { fact: Fact<number>; show: (value: number) => string }) {
  const { t } = useTranslation("endpoints");
  return (
    <>
      {fact.value === null ? (
        <span className="text-ink-3">{t("unknown")}</span>
      ) : (
        <span className="mono">{show(fact.value)}</span>
      )}
      <Source text={fact.source} />
    </>
  );
}

export function Abilities({ model }: { model: Model }) {
  const { t } = useTranslation("endpoints");
  const abilities = abilitiesOf(model);
  return (
    <>
      {abilities === null ? (
        <span className="whitespace-nowrap text-ink-3">{t("unknown")}</span>
      ) : (
        <span className="text-ink-2">
          {abilities.map((a) => t(`ability.${a}`, { defaultValue: a })).join(", ") || t("noAbilities")}
        </span>
      )}
      <Source text={model.abilities.source} />
    </>
  );
}

/** Where a fact comes from stands under it: a price without its source is a rumour. */
function Source({ text, warn = false }: { text: string | null; warn?: boolean }) {
  if (!text) return null;
  return (
    <small className={warn ? "text-warn" : ""} title={text}>
      {text}
    </small>
  );
}
