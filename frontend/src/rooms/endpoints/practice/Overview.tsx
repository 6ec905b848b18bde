import { useTranslation } from "react-i18next";
import type { Endpoint, Practice, PracticeModel } from "../../../api/types";
import { context } from "../../../format";
import { perMillion } from "../../../inspector/figures";
import { Button } from "../../../ui/Button";
import { CopyButton } from "../../../ui/CopyButton";
import { Facts } from "../EndpointDetail";
import { MOST_COMPARED } from "../models";
import { useTry } from "./use-try";

interface OverviewProps {
  endpoint: Endpoint;
  practice: Practice;
  compared: string[];
  onCompare: (id: string) => void;
}

/** Where it is, how a program reaches it, and its models. */
export function Overview({ endpoint, practice, compared, onCompare }: OverviewProps) {
  const { t } = useTranslation("practice");
  const body = { model: "pocket", messages: [{ role: "user", content: "What is 12 * 7?" }] };
  const command = [
    `curl ${endpoint.base_url}/chat/completions`,
    `-H 'content-type: application/json'`,
    `-d '${JSON.stringify(body)}'`,
  ];
  return (
    <>
      <section aria-labelledby="pr-models">
        <h3 className="ep-h" id="pr-models">
          {t("models.title")} <small>{t("models.small")}</small>
        </h3>
        <table className="pr-table pr-models">
          <caption className="sr-only">{t("models.caption")}</caption>
          <thead>
            <tr>
              <th scope="col">
                <span className="sr-only">{t("models.compare", { ns: "endpoints" })}</span>
              </th>
              <th scope="col">{t("models.name")}</th>
              <th scope="col" className="r">
                {t("models.context")}
              </th>
              <th scope="col" className="r">
                {t("models.input")}
              </th>
              <th scope="col" className="r">
                {t("models.output")}
              </th>
              <th scope="col">
                <span className="sr-only">{t("fault.actions")}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {practice.models.map((model) => (
              <ModelRow
                key={model.name}
                model={model}
                checked={compared.includes(`${endpoint.name}/${model.name}`)}
                full={compared.length >= MOST_COMPARED}
                onCompare={() => onCompare(`${endpoint.name}/${model.name}`)}
              />
            ))}
          </tbody>
        </table>
      </section>
      <section aria-labelledby="pr-program">
        <h3 className="ep-h" id="pr-program">
          {t("program.title")} <small>{t("program.small")}</small>
        </h3>
        <div className="pr-code" translate="no" dir="ltr">
          <pre>{command.join(" \\\n  ")}</pre>
          <CopyButton text={command.join(" ")} label={t("program.copy")} />
        </div>
      </section>
      <section aria-labelledby="pr-endpoint">
        <h3 className="ep-h" id="pr-endpoint">
          {t("endpoint")}
        </h3>
        <Facts endpoint={endpoint} />
      </section>
    </>
  );
}

interface ModelRowProps {
  model: PracticeModel;
  checked: boolean;
  full: boolean;
  onCompare: () => void;
}

function ModelRow({ model, checked, full, onCompare }: ModelRowProps) {
  const { t } = useTranslation(["practice", "endpoints"]);
  const tryIt = useTry();
  return (
    <tr>
      <td className="check">
        <input
          type="checkbox"
          checked={checked}
          disabled={full && !checked}
          aria-label={t("endpoints:models.compareOne", { model: model.name })}
          title={full && !checked ? t("endpoints:models.full", { count: MOST_COMPARED }) : undefined}
          onChange={onCompare}
        />
      </td>
      <th scope="row">
        <span className="mono">{model.name}</span>
        <p>{t(`models.what.${model.name}`, { defaultValue: model.what })}</p>
      </th>
      <td className="r mono" data-label={t("models.context")}>
        {context(model.context)}
      </td>
      <td className="r" data-label={t("models.input")}>
        <Price usd={model.input_usd} />
      </td>
      <td className="r" data-label={t("models.output")}>
        <Price usd={model.output_usd} />
      </td>
      <td className="r">
        <Button
          small
          aria-label={t("models.chatWith", { model: model.name })}
          onClick={() => tryIt(`practice/${model.name}`)}
        >
          {t("models.chat")}
        </Button>
      </td>
    </tr>
  );
}

function Price({ usd }: { usd: number }) {
  const { t } = useTranslation("practice");
  if (usd === 0) return <span className="text-ink-3">{t("models.free")}</span>;
  return <span className="mono">{perMillion(usd)}</span>;
}
