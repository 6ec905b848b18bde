import { useQuery } from "@tanstack/react-query";
import { Trash2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { problemOf } from "../../../api/client";
import type { Endpoint, LocalModel, LocalServer } from "../../../api/types";
import { count } from "../../../format";
import { Confirm } from "../../../ui/Confirm";
import { FindingCard, ProblemCard } from "../../../ui/FindingCard";
import { IconButton } from "../../../ui/IconButton";
import { Skeleton } from "../../../ui/Skeleton";
import { Pulling } from "./Pulling";
import { serverQuery, useDelete } from "./query";
import { binary, share } from "./sizes";
import "./local.css";

/** What a local server itself says of its models: what is loaded, and the context that it really uses. */
export function LocalSection({ endpoint }: { endpoint: Endpoint }) {
  const { t } = useTranslation("local");
  const { data, error, isPending } = useQuery(serverQuery(endpoint.name));
  const remove = useDelete(endpoint.name);
  const [asked, setAsked] = useState<LocalModel | null>(null);
  if (isPending) return <Skeleton rows={3} label={t("asking")} />;
  if (error) return <ProblemCard problem={problemOf(error)} />;
  if (data.sighting.state !== "found") return null;
  return (
    <section aria-labelledby="loc-models" data-testid="local-section">
      <h3 className="ep-h" id="loc-models">
        {t("models.title", { server: data.sighting.server })}{" "}
        <small>
          {data.sighting.version ? t("models.version", { version: data.sighting.version }) : null}
        </small>
      </h3>
      <p className="loc-told">
        {t("models.knownBy")} <span className="mono">{data.sighting.told}</span>
      </p>
      <ContextWarning server={data} />
      {remove.error ? (
        <div role="alert">
          <ProblemCard problem={problemOf(remove.error)} />
        </div>
      ) : null}
      {data.models.length === 0 ? (
        <p className="text-ink-2">{t(data.manages ? "models.noneYet" : "models.none")}</p>
      ) : (
        <table className="loc-models">
          <caption className="sr-only">{t("models.caption", { server: data.sighting.server })}</caption>
          <thead>
            <tr>
              <th scope="col">{t("models.name")}</th>
              <th scope="col" className="r">
                {t("models.size")}
              </th>
              <th scope="col">{t("models.context")}</th>
              <th scope="col">{t("models.loaded")}</th>
              {data.manages ? (
                <th scope="col">
                  <span className="sr-only">{t("models.remove")}</span>
                </th>
              ) : null}
            </tr>
          </thead>
          <tbody>
            {data.models.map((model) => (
              <Row
                key={model.name}
                model={model}
                onRemove={data.manages ? () => setAsked(model) : undefined}
                removing={remove.isPending && remove.variables === model.name}
              />
            ))}
          </tbody>
        </table>
      )}
      {data.manages ? <Pulling endpoint={endpoint.name} server={data.sighting.server} /> : null}
      <Confirm
        open={asked !== null}
        onOpenChange={(open) => !open && setAsked(null)}
        title={t("remove.title", { model: asked?.name ?? "" })}
        body={t("remove.body", { server: data.sighting.server, size: binary(asked?.size ?? null) ?? "?" })}
        action={t("remove.action")}
        onConfirm={() => asked && remove.mutate(asked.name)}
      />
    </section>
  );
}

/** A small context, or one that nobody knows, makes answers forget the beginning without an error. */
function ContextWarning({ server }: { server: LocalServer }) {
  const { t } = useTranslation("local");
  const small = server.models.filter((model) => model.warning === "small");
  const unknown = server.models.filter((model) => model.warning === "unknown");
  if (small.length === 0) {
    return unknown.length ? (
      <p className="loc-told">{t("warning.unknown", { server: server.sighting.server })}</p>
    ) : null;
  }
  return (
    <div className="mb-3" data-testid="small-context">
      <FindingCard
        tone="warn"
        title={t("warning.small", { models: small.map((model) => model.name).join(", ") })}
        cause={t(`overflow.${server.overflow}`, { server: server.sighting.server })}
        fix={
          <>
            <p>{t("warning.fix")}</p>
            <p className="mono mt-1 break-words">
              {server.larger.replace("MODEL", small[0]?.name ?? "MODEL")}
            </p>
          </>
        }
      />
    </div>
  );
}

interface RowProps {
  model: LocalModel;
  onRemove?: () => void;
  removing: boolean;
}

function Row({ model, onRemove, removing }: RowProps) {
  const { t } = useTranslation("local");
  const about = [model.parameters, model.quantisation, model.family].filter(Boolean).join(" · ");
  return (
    <tr data-testid="local-model" data-model={model.name}>
      <td>
        <span className="mono break-all">{model.name}</span>
        {about ? <small className="mono">{about}</small> : null}
      </td>
      <td className="r">
        {binary(model.size) ? (
          <span className="mono">{binary(model.size)}</span>
        ) : (
          <span className="text-ink-3">{t("unknown")}</span>
        )}
      </td>
      <td>
        <Context model={model} />
      </td>
      <td>
        <Loaded model={model} />
      </td>
      {onRemove ? (
        <td className="r">
          <IconButton
            label={t("models.removeOne", { model: model.name })}
            disabled={removing}
            onClick={onRemove}
          >
            <Trash2 size={16} aria-hidden="true" />
          </IconButton>
        </td>
      ) : null}
    </tr>
  );
}

function Context({ model }: { model: LocalModel }) {
  const { t } = useTranslation("local");
  const { used, limit, warning } = model;
  const part = share(model);
  return (
    <>
      <span className={warning === "small" ? "text-warn" : ""} data-testid="context-used">
        {used.value === null
          ? limit.value
            ? t("context.unknownOf", { limit: count(limit.value) })
            : t("unknown")
          : limit.value
            ? t("context.usedOf", { used: count(used.value), limit: count(limit.value) })
            : t("context.used", { used: count(used.value) })}
      </span>
      {part === null ? null : (
        <span className="loc-share" data-warning={warning ?? undefined} aria-hidden="true">
          <i style={{ width: `${Math.max(2, part * 100)}%` }} />
        </span>
      )}
      {used.source ? <small title={used.source}>{used.source}</small> : null}
    </>
  );
}

function Loaded({ model }: { model: LocalModel }) {
  const { t } = useTranslation("local");
  if (model.loaded === null) return <span className="text-ink-3">{t("unknown")}</span>;
  if (!model.loaded) return <span className="text-ink-3">{t("loaded.no")}</span>;
  const gpu = model.on_gpu === null ? null : Math.round(model.on_gpu * 100);
  return (
    <>
      <span className="text-ok">{t("loaded.yes")}</span>
      {model.memory ? (
        <small>
          {binary(model.memory)}
          {gpu === null
            ? ""
            : ` · ${t(gpu === 100 ? "loaded.gpu" : gpu === 0 ? "loaded.cpu" : "loaded.split", { gpu })}`}
        </small>
      ) : null}
    </>
  );
}
