import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { problemOf } from "../../api/client";
import { configQuery, endpointsQuery } from "../../api/queries";
import { useAtLeast, useLayout } from "../../app/page-state";
import { Button } from "../../ui/Button";
import { ProblemCard } from "../../ui/FindingCard";
import { Skeleton } from "../../ui/Skeleton";
import { ChosenBar, Comparison } from "./Comparison";
import { EndpointCards } from "./EndpointCards";
import { EndpointDetail } from "./EndpointDetail";
import { toggled } from "./models";
import { VerdictCounts, Verdicts } from "./Verdicts";
import "../../inspector/inspector.css";
import "../../inspector/bodies.css";
import "../../inspector/tables.css";
import "./endpoints.css";

/** What is configured, whether it works, and what the configuration file itself has to say. */
export default function EndpointsRoom() {
  const { t } = useTranslation("endpoints");
  const navigate = useNavigate();
  const phone = useLayout() === "phone";
  const roomy = useAtLeast(1280);
  const search = useSearch({ strict: false }) as Record<string, unknown>;
  const query = useQuery(endpointsQuery);
  const { data: config } = useQuery(configQuery);
  const [compared, setCompared] = useState<string[]>([]);
  const [comparing, setComparing] = useState(false);
  const [verdicts, setVerdicts] = useState(false);

  const endpoints = query.data ?? [];
  const named = endpoints.find((endpoint) => endpoint.name === search.endpoint);
  // On a phone the list is a page of its own; elsewhere something is always shown beside it.
  const chosen = named ?? (phone ? undefined : (endpoints.find((e) => e.state === "broken") ?? endpoints[0]));
  const choose = (name: string | undefined) => {
    setComparing(false);
    void navigate({ to: "/endpoints", search: name ? { endpoint: name } : {}, replace: !phone });
  };
  const models = endpoints.flatMap((endpoint) => endpoint.models);
  const side = config?.verdicts.length ? config : null;
  const asSide = roomy && side !== null;

  if (query.isError)
    return (
      <main className="p-6">
        <ProblemCard
          problem={problemOf(query.error)}
          actions={<Button onClick={() => void query.refetch()}>{t("retry")}</Button>}
        />
      </main>
    );
  const listShown = !phone || (!named && !comparing);
  return (
    <main className="ep-room" data-phone={phone || undefined} data-side={asSide || undefined}>
      {phone ? null : <h1 className="sr-only">{t("title")}</h1>}
      {listShown ? (
        <aside className="ep-list" aria-label={t("title")}>
          <div className="bar">
            <h2 className="font-title">{t("title")}</h2>
            <span className="text-xs text-ink-3">
              {t("readyOf", {
                ready: endpoints.filter((e) => e.state === "ready").length,
                all: endpoints.length,
              })}
            </span>
          </div>
          {phone && config ? (
            <VerdictCounts config={config} open={verdicts} onToggle={() => setVerdicts(!verdicts)} />
          ) : null}
          {phone && side && verdicts ? <Verdicts config={side} /> : null}
          {query.isPending ? <Skeleton rows={10} label={t("loading")} /> : null}
          <EndpointCards
            endpoints={endpoints}
            chosen={comparing ? undefined : chosen?.name}
            onChoose={choose}
          />
          {query.isSuccess && endpoints.length === 0 ? <p className="p-4 text-ink-2">{t("none")}</p> : null}
        </aside>
      ) : null}
      {phone && listShown ? null : (
        <div className="ep-main">
          {phone ? null : (
            <div className="bar ep-config">
              <span className="flex-1" />
              {config ? (
                <VerdictCounts
                  config={config}
                  open={asSide || verdicts}
                  onToggle={asSide ? undefined : () => setVerdicts(!verdicts)}
                />
              ) : null}
            </div>
          )}
          {!phone && !asSide && verdicts && side ? <Verdicts config={side} /> : null}
          <div className="ep-scroll">
            {phone ? (
              <Button kind="bare" className="m-2 mb-0" onClick={() => choose(undefined)}>
                ← {t("title")}
              </Button>
            ) : null}
            {comparing ? (
              <Comparison
                models={models.filter((model) => compared.includes(model.id))}
                onRemove={(id) => setCompared(toggled(compared, id))}
                onClose={() => setComparing(false)}
              />
            ) : chosen ? (
              <EndpointDetail
                key={chosen.name}
                endpoint={chosen}
                compared={compared}
                onCompare={(id) => setCompared(toggled(compared, id))}
              />
            ) : null}
          </div>
          {compared.length > 0 && !comparing ? (
            <ChosenBar
              compared={compared}
              onCompare={() => setComparing(true)}
              onClear={() => setCompared([])}
            />
          ) : null}
        </div>
      )}
      {asSide && side ? (
        <aside className="ep-side" aria-label={t("verdicts.title")}>
          <Verdicts config={side} counted />
        </aside>
      ) : null}
    </main>
  );
}
