import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ExternalLink, RefreshCw } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { change, problemOf } from "../../api/client";
import { endpointsQuery, modelsQuery, standingQuery } from "../../api/queries";
import type { Endpoint, KeyState } from "../../api/types";
import { clock } from "../../format";
import { Button } from "../../ui/Button";
import { CopyButton } from "../../ui/CopyButton";
import { FindingCard, ProblemCard, WithCode } from "../../ui/FindingCard";
import { Tag } from "../../ui/Tag";
import { ConfigPlace } from "./ConfigPlace";
import { CheckButton } from "./doctor/CheckButtons";
import { LocalReason } from "./local/LocalReason";
import { LocalSection } from "./local/LocalSection";
import { ModelTable } from "./ModelTable";
import { isDialect, originOf, ruleParts } from "./models";
import { RestingCard, RestingTag, StandingFact } from "./Standing";
import { restingOf } from "./standing";

interface EndpointDetailProps {
  endpoint: Endpoint;
  compared: string[];
  onCompare: (id: string) => void;
}

const TONE = { ready: "ok", not_configured: "warn", broken: "error" } as const;
const MARK = { ready: "dot", not_configured: "ring", broken: "square" } as const;

export function EndpointDetail({ endpoint, compared, onCompare }: EndpointDetailProps) {
  const { t } = useTranslation("endpoints");
  const client = useQueryClient();
  const fetchModels = useMutation({
    mutationFn: () =>
      change<Endpoint>("POST", `/api/endpoints/${encodeURIComponent(endpoint.name)}/fetch-models`),
    onSuccess: (fresh) => {
      client.setQueryData(endpointsQuery.queryKey, (all) =>
        all?.map((e) => (e.name === fresh.name ? fresh : e)),
      );
      void client.invalidateQueries({ queryKey: modelsQuery.queryKey });
    },
  });
  const { data: standings } = useQuery(standingQuery);
  const resting = restingOf(standings?.[endpoint.name]);
  const problem = fetchModels.error ? problemOf(fetchModels.error) : endpoint.fetch_problem;
  return (
    <article className="ep-detail" aria-labelledby="ep-name">
      <header>
        <h2 id="ep-name">{endpoint.label}</h2>
        <span className="mono text-ink-3">{endpoint.name}/</span>
        {endpoint.state === "ready" && resting?.all ? (
          <RestingTag resting={resting} />
        ) : (
          <Tag tone={TONE[endpoint.state]} mark={MARK[endpoint.state]}>
            {t(`state.${endpoint.state}`)}
          </Tag>
        )}
        <span className="flex-1" />
        <CheckButton endpoint={endpoint} />
        {endpoint.fetch ? (
          <Button small disabled={fetchModels.isPending} onClick={() => fetchModels.mutate()}>
            <RefreshCw size={14} aria-hidden="true" />
            {t(fetchModels.isPending ? "fetching" : "fetchModels")}
          </Button>
        ) : null}
      </header>
      {endpoint.aside ? <OfPractice endpoint={endpoint} /> : null}
      {endpoint.reason && endpoint.kind === "local" ? (
        <LocalReason endpoint={endpoint} />
      ) : endpoint.reason ? (
        <Reason endpoint={endpoint} />
      ) : null}
      {problem ? (
        <div role="alert">
          <ProblemCard problem={problem} />
        </div>
      ) : null}
      {resting?.all ? <RestingCard resting={resting} /> : null}
      <Facts endpoint={endpoint} />
      {endpoint.local_server && endpoint.state === "ready" ? <LocalSection endpoint={endpoint} /> : null}
      <Rules endpoint={endpoint} />
      <ModelTable endpoint={endpoint} compared={compared} onCompare={onCompare} />
    </article>
  );
}

/** Says of a part of practice that it is one, and where the rest of it stands. */
function OfPractice({ endpoint }: { endpoint: Endpoint }) {
  const { t } = useTranslation("endpoints");
  const dialect = isDialect(endpoint);
  return (
    <p className="text-ink-2">
      {t(dialect ? "aside.dialectOf" : "aside.doorOf")}{" "}
      <Link
        to="/endpoints"
        className="link"
        search={
          dialect
            ? { endpoint: "practice", section: "dialects", dialect: endpoint.name }
            : { endpoint: "practice", section: "faults", fault: endpoint.name.replace(/^practice-/, "") }
        }
      >
        {t(dialect ? "aside.toDialect" : "aside.toDoor")}
      </Link>
    </p>
  );
}

/** Why it cannot be used as it is, and the line that would change that. */
function Reason({ endpoint }: { endpoint: Endpoint }) {
  const { t } = useTranslation("endpoints");
  const { variable, source } = endpoint.key;
  const missing = variable && source === "missing";
  return (
    <FindingCard
      tone={endpoint.state === "broken" ? "error" : "warn"}
      title={<WithCode text={endpoint.reason ?? ""} />}
      fix={
        missing ? (
          <>
            <p>{t("setVariable")}</p>
            <p className="mono mt-1 flex items-center gap-2">
              <code>export {variable}=…</code>
              <CopyButton text={`export ${variable}=`} label={t("copyExport")} />
            </p>
          </>
        ) : undefined
      }
    />
  );
}

export function Facts({ endpoint }: { endpoint: Endpoint }) {
  const { t } = useTranslation("endpoints");
  return (
    <dl className="ep-facts">
      <Fact name={t("fact.address")}>
        <span className="mono break-all">{endpoint.base_url}</span>
      </Fact>
      <Fact name={t("fact.protocol")}>
        <span className="mono">{endpoint.protocol}</span>
        <span className="text-ink-3"> · {t("fact.provider", { provider: endpoint.provider })}</span>
      </Fact>
      <Fact name={t("fact.key")}>
        {[endpoint.key, ...endpoint.more_keys].map((one, at) => (
          <KeyOrigin key={at} of={one} />
        ))}
      </Fact>
      {endpoint.state === "ready" ? (
        <Fact name={t("fact.standing")}>
          <StandingFact name={endpoint.name} />
        </Fact>
      ) : null}
      <Fact name={t("fact.origin")}>
        <ConfigPlace place={originOf(endpoint.origin)} />
        {endpoint.origin.why ? <span className="text-ink-3"> · {endpoint.origin.why}</span> : null}
      </Fact>
      <Fact name={t("fact.titles")}>
        {endpoint.title_enabled
          ? endpoint.title_model
            ? t("titles.by", { model: endpoint.title_model })
            : t("titles.own")
          : t("titles.off")}
      </Fact>
      <Fact name={t("fact.list")}>
        {endpoint.fetch
          ? endpoint.fetched_at
            ? t("list.fetched", { time: clock(endpoint.fetched_at) })
            : t("list.canFetch")
          : t("list.fixed")}
      </Fact>
      {endpoint.docs && /^https?:/.test(endpoint.docs) ? (
        <Fact name={t("fact.docs")}>
          <a
            className="link inline-flex items-center gap-1"
            href={endpoint.docs}
            target="_blank"
            rel="noopener noreferrer nofollow"
          >
            {new URL(endpoint.docs).host}
            <ExternalLink size={12} aria-hidden="true" />
          </a>
        </Fact>
      ) : null}
    </dl>
  );
}

function KeyOrigin({ of: key }: { of: KeyState }) {
  const { t } = useTranslation("endpoints");
  return (
    <span className="block">
      {t(`key.${key.source}`, {
        context: key.variable ? "variable" : undefined,
        defaultValue: key.source,
      })}
      {key.variable ? <span className="mono"> {key.variable}</span> : null}
      {key.masked ? <span className="insp-mask mono ml-2">{key.masked}</span> : null}
    </span>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

const RULES = [
  ["add", "addParams"],
  ["drop", "dropParams"],
  ["headers", "headers"],
  ["quirks", "quirks"],
] as const;

/** What this endpoint does to every request, each with the line that says so. */
function Rules({ endpoint }: { endpoint: Endpoint }) {
  const { t } = useTranslation("endpoints");
  const some = RULES.filter(([field]) => endpoint[field].length > 0);
  return (
    <section aria-labelledby="ep-rules">
      <h3 className="ep-h" id="ep-rules">
        {t("rules.title")}
      </h3>
      {some.length === 0 ? <p className="text-ink-2">{t("rules.none")}</p> : null}
      <dl className="ep-rules">
        {some.map(([field, name]) => (
          <div key={field}>
            <dt>
              {name === "quirks" ? t("rules.quirks") : <span className="mono">{name}</span>}
              <small>{t(`rules.${field}Means`)}</small>
            </dt>
            <dd>
              <RuleList rules={endpoint[field]} />
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

/** A provider may have dozens of quirks; the models below must stay in reach. */
const FEW = 4;

function RuleList({ rules }: { rules: string[] }) {
  const { t } = useTranslation("endpoints");
  const [all, setAll] = useState(rules.length <= FEW);
  const shown = all ? rules : rules.slice(0, FEW - 1);
  return (
    <>
      <ul>
        {shown.map((rule, at) => {
          const { text, why, place } = ruleParts(rule);
          return (
            <li key={at}>
              <span className="mono break-words">{text}</span>
              {place ? <ConfigPlace place={place} /> : null}
              {why ? <p>{why}</p> : null}
            </li>
          );
        })}
      </ul>
      {all ? null : (
        <button type="button" className="js-more ml-0!" onClick={() => setAll(true)}>
          {t("models.more", { count: rules.length - shown.length })}
        </button>
      )}
    </>
  );
}
