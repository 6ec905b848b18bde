import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { standingQuery } from "../../api/queries";
import type { Standing } from "../../api/types";
import { clock, count } from "../../format";
import { FindingCard } from "../../ui/FindingCard";
import { Tag } from "../../ui/Tag";
import { type KeyStanding, keyName, type Resting, restingOf, wordOf } from "./standing";

/** Why an endpoint is left alone, until when, and what ends it. */
export function RestingCard({ resting }: { resting: Resting }) {
  const { t } = useTranslation("endpoints");
  return (
    <FindingCard
      tone="warn"
      title={
        resting.until === null
          ? t("standing.trying")
          : t("standing.leftAloneUntil", { time: clock(resting.until) })
      }
      cause={resting.why ? <span lang="en">{resting.why}</span> : undefined}
      fix={t("standing.fix")}
    />
  );
}

/** The word for an endpoint that would be ready, were it not left alone. */
export function RestingTag({ resting }: { resting: Resting }) {
  const { t } = useTranslation("endpoints");
  return (
    <Tag tone="warn" mark="ring">
      {t(wordOf(resting))}
    </Tag>
  );
}

/** How an endpoint is asked now: its keys, what runs and waits, how much of its limits is used. */
export function StandingFact({ name }: { name: string }) {
  const { t } = useTranslation("endpoints");
  const { data } = useQuery(standingQuery);
  const standing = data?.[name];
  if (!standing) return <span className="text-ink-3">{t("unknown")}</span>;
  const resting = restingOf(standing);
  return (
    <div data-testid="standing">
      {resting || standing.busy.length ? null : <span className="block">{t("standing.usual")}</span>}
      {resting?.keys.map((key, at) => (
        <KeyLine key={at} of={key} named={standing.keys.length > 1} />
      ))}
      {standing.busy.map((busy, at) => (
        <span key={at} className="block text-warn">
          <span className="mono">{busy.model}</span> {t("standing.busyUntil", { time: clock(busy.until) })}
        </span>
      ))}
      <Load of={standing} />
    </div>
  );
}

function KeyLine({ of: { key, state, until, why }, named }: { of: KeyStanding; named: boolean }) {
  const { t } = useTranslation("endpoints");
  const name = named ? keyName(key) : null;
  return (
    <span className="block">
      {name ? <span className="mono">{name} </span> : null}
      <span className="text-warn">
        {state === "open" && until != null
          ? t("standing.leftAloneUntil", { time: clock(until) })
          : t("standing.trying")}
      </span>
      {why ? (
        <span className="text-ink-3" lang="en">
          {" "}
          · {why}
        </span>
      ) : null}
    </span>
  );
}

function Load({ of: { running, waiting, limits } }: { of: Standing }) {
  const { t } = useTranslation("endpoints");
  const words = [
    running ? t("standing.running", { count: running }) : null,
    waiting ? t("standing.waiting", { count: waiting }) : null,
    ...limits.map(({ name, used, limit }) =>
      t(`standing.limit.${name}`, { used: count(used), limit: count(limit) }),
    ),
  ].filter(Boolean);
  return words.length ? <span className="block text-ink-2">{words.join(" · ")}</span> : null;
}
