import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useId } from "react";
import { useTranslation } from "react-i18next";
import { problemOf } from "../../../api/client";
import { practiceQuery } from "../../../api/queries";
import type { Endpoint, Practice } from "../../../api/types";
import { Button } from "../../../ui/Button";
import { ProblemCard } from "../../../ui/FindingCard";
import { Skeleton } from "../../../ui/Skeleton";
import { Tag } from "../../../ui/Tag";
import { Dialects } from "./Dialects";
import { Faults } from "./Faults";
import { Ledger } from "./Ledger";
import { Overview } from "./Overview";
import { useSpeed } from "./query";
import { Schedule } from "./Schedule";
import "./dialects.css";
import "./practice.css";
import "./practice-tables.css";
import "./strings";

const SECTIONS = ["overview", "faults", "schedule", "dialects", "ledger"] as const;
type Section = (typeof SECTIONS)[number];

export interface PracticePageProps {
  endpoint: Endpoint;
  /** The address: which section, and what in it. */
  search: Record<string, unknown>;
  compared: string[];
  onCompare: (id: string) => void;
}

/** The provider that is built in: what it is, how it can fail, what it received. */
export default function PracticePage({ endpoint, search, compared, onCompare }: PracticePageProps) {
  const { t } = useTranslation("practice");
  const { data: practice, error, refetch } = useQuery(practiceQuery);
  const section = SECTIONS.find((name) => name === search.section) ?? "overview";
  const named = (field: string) => (typeof search[field] === "string" ? search[field] : undefined);
  return (
    <article className="pr" data-section={section} aria-labelledby="pr-name">
      <header className="pr-head">
        <div className="flex flex-wrap items-center gap-x-2.5 gap-y-1.5">
          <h2 id="pr-name" className="text-lg font-title">
            {endpoint.label}
          </h2>
          <span className="mono text-ink-3">{endpoint.name}/</span>
          <Tag mark="ring">{t("label")}</Tag>
        </div>
        <p className="pr-what">{t("what")}</p>
        {practice ? <Speed speed={practice.speed} /> : null}
      </header>
      <Tabs section={section} practice={practice} />
      <div className="pr-body">
        {error && !practice ? (
          <ProblemCard
            problem={problemOf(error)}
            actions={<Button onClick={() => void refetch()}>{t("retry", { ns: "common" })}</Button>}
          />
        ) : null}
        {practice || error ? null : <Skeleton rows={12} label={t("loading")} />}
        {practice && section === "overview" ? (
          <Overview endpoint={endpoint} practice={practice} compared={compared} onCompare={onCompare} />
        ) : null}
        {practice && section === "faults" ? <Faults practice={practice} find={named("fault")} /> : null}
        {practice && section === "schedule" ? (
          <Schedule key={named("fault")} practice={practice} fault={named("fault")} />
        ) : null}
        {practice && section === "dialects" ? (
          <Dialects practice={practice} chosen={named("dialect")} />
        ) : null}
        {practice && section === "ledger" ? <Ledger practice={practice} /> : null}
      </div>
    </article>
  );
}

function Tabs({ section, practice }: { section: Section; practice: Practice | undefined }) {
  const { t } = useTranslation("practice");
  const active = practice?.rules.filter((rule) => rule.state === "active").length ?? 0;
  return (
    <nav className="pr-tabs" aria-label={t("sections.label")}>
      {SECTIONS.map((name) => (
        <Link
          key={name}
          to="/endpoints"
          search={{ endpoint: "practice", ...(name === "overview" ? {} : { section: name }) }}
          activeOptions={{ exact: true }}
          activeProps={{}}
          aria-current={name === section ? "page" : undefined}
          resetScroll={false}
          data-testid={`practice-${name}`}
        >
          {t(`sections.${name}`)}
          {name === "schedule" && active > 0 ? (
            <>
              <span className="insp-num" aria-hidden="true">
                {active}
              </span>
              <span className="sr-only">{t("activeRules", { count: active })}</span>
            </>
          ) : null}
        </Link>
      ))}
    </nav>
  );
}

const SPEEDS = [0, 0.5, 1, 2, 10];

/** How quick it is, for everybody: a value that somebody set elsewhere stands among the usual ones. */
function Speed({ speed }: { speed: number }) {
  const { t } = useTranslation("practice");
  const name = useId();
  const set = useSpeed();
  const all = SPEEDS.includes(speed) ? SPEEDS : [...SPEEDS, speed].sort((a, b) => a - b);
  return (
    <fieldset className="pr-speed">
      <legend>{t("speed.label")}</legend>
      <div className="choice">
        {all.map((value) => (
          <label key={value} data-chosen={value === speed}>
            <input
              type="radio"
              className="sr-only"
              name={name}
              checked={value === speed}
              onChange={() => set.mutate(value)}
            />
            {value === 0 ? t("speed.none") : t("speed.times", { factor: value })}
          </label>
        ))}
      </div>
      <small>{t("speed.note")}</small>
      {set.error ? (
        <div role="alert">
          <ProblemCard problem={problemOf(set.error)} />
        </div>
      ) : null}
    </fieldset>
  );
}
