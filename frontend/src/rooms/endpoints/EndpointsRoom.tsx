import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { problemOf } from "../../api/client";
import { configQuery, endpointsQuery } from "../../api/queries";
import { useLayout } from "../../app/page-state";
import { Button } from "../../ui/Button";
import { ProblemCard } from "../../ui/FindingCard";
import { Skeleton } from "../../ui/Skeleton";
import { ChosenBar, Comparison } from "./Comparison";
import { ConfigCard } from "./ConfigCard";
import { CheckAllButton } from "./doctor/CheckButtons";
import { DoctorSheet } from "./doctor/DoctorSheet";
import { EndpointCards } from "./EndpointCards";
import { EndpointDetail } from "./EndpointDetail";
import { LocalServers } from "./local/LocalServers";
import { isAbsent, toggled } from "./models";
import "../../inspector/inspector.css";
import "../../inspector/bodies.css";
import "../../inspector/tables.css";
import "./endpoints.css";

const ConfigPage = lazy(() => import("./config/ConfigPage"));
const PracticePage = lazy(() => import("./practice/PracticePage"));

/** What is configured, whether it works, and what the configuration file itself has to say. */
export default function EndpointsRoom() {
  const { t } = useTranslation("endpoints");
  const navigate = useNavigate();
  const phone = useLayout() === "phone";
  const search = useSearch({ strict: false }) as Record<string, unknown>;
  const query = useQuery(endpointsQuery);
  const { data: config } = useQuery(configQuery);
  const [compared, setCompared] = useState<string[]>([]);
  const [comparing, setComparing] = useState(false);

  const all = query.data ?? [];
  // A local server that was looked for in vain is told of apart, with the way to look again.
  const present = all.filter((endpoint) => !isAbsent(endpoint));
  // What practice keeps aside is no endpoint that anybody set up, so nothing counts it.
  const endpoints = present.filter((endpoint) => !endpoint.aside);
  const named = all.find((endpoint) => endpoint.name === search.endpoint);
  // On a phone the list is a page of its own; elsewhere something is always shown beside it.
  const chosen = named ?? (phone ? undefined : (endpoints.find((e) => e.state === "broken") ?? endpoints[0]));
  const inFile = search.view === "config" && !comparing;
  const openFile = () => {
    setComparing(false);
    void navigate({ to: "/endpoints", search: { view: "config" }, replace: !phone });
  };
  const choose = (name: string | undefined) => {
    setComparing(false);
    void navigate({ to: "/endpoints", search: name ? { endpoint: name } : {}, replace: !phone });
  };
  const models = all.flatMap((endpoint) => endpoint.models);

  if (query.isError)
    return (
      <main className="p-6">
        <ProblemCard
          problem={problemOf(query.error)}
          actions={<Button onClick={() => void query.refetch()}>{t("retry")}</Button>}
        />
      </main>
    );
  const listShown = !phone || (!named && !comparing && !inFile);
  return (
    <main className="ep-room" data-phone={phone || undefined}>
      {phone ? null : <h1 className="sr-only">{t("title")}</h1>}
      {listShown ? (
        <aside className="ep-list" aria-label={t("title")}>
          <div className="bar">
            <h2 className="font-title">{t("title")}</h2>
            <span className="flex-1 text-xs leading-tight text-ink-3">
              {t("readyOf", {
                ready: endpoints.filter((e) => e.state === "ready").length,
                all: endpoints.length,
              })}
            </span>
            <CheckAllButton endpoints={endpoints} />
          </div>
          {config ? <ConfigCard config={config} chosen={inFile} onChoose={openFile} /> : null}
          {query.isPending ? <Skeleton rows={10} label={t("loading")} /> : null}
          <EndpointCards
            endpoints={present}
            chosen={comparing || inFile ? undefined : chosen?.name}
            onChoose={choose}
          />
          <LocalServers chosen={comparing || inFile ? undefined : chosen?.name} onChoose={choose} />
          {query.isSuccess && endpoints.length === 0 ? <p className="p-4 text-ink-2">{t("none")}</p> : null}
        </aside>
      ) : null}
      {phone && listShown ? null : (
        <div className="ep-main">
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
            ) : inFile ? (
              <Suspense>
                <ConfigPage search={search} />
              </Suspense>
            ) : chosen?.kind === "practice" && !chosen.aside ? (
              <Suspense>
                <PracticePage
                  endpoint={chosen}
                  search={search}
                  compared={compared}
                  onCompare={(id) => setCompared(toggled(compared, id))}
                />
              </Suspense>
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
      <DoctorSheet endpoints={all} />
    </main>
  );
}
