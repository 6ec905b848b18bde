import { useMutation, useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { change, problemOf } from "../../api/client";
import { keysQuery, queries } from "../../api/queries";
import type { Key, KeyBody, KeyMade } from "../../api/types";
import { onLiveEvent } from "../../core/store";
import { day } from "../../format";
import { Button } from "../../ui/Button";
import { ProblemCard } from "../../ui/FindingCard";
import { Skeleton } from "../../ui/Skeleton";
import { TracesOf } from "./KeyDays";
import { KeyForm } from "./KeyForm";
import { KeyRow, Use } from "./KeyRow";
import "./keys.css";
import { bodyOf } from "./keys";
import { MadeKey } from "./MadeKey";
import { Section } from "./Section";

const refresh = () => queries.invalidateQueries({ queryKey: ["keys"] });

/** Keys for programs that use the gateway. A key's secret is on the page once and nowhere after. */
export function Keys() {
  const { t } = useTranslation("settings");
  const { data, error, isPending } = useQuery(keysQuery);
  const [making, setMaking] = useState(false);
  const [made, setMade] = useState<KeyMade | null>(null);
  useFreshUse();
  const keys = data?.keys ?? [];
  const inUse = keys.filter((key) => key.revoked_at === null);
  const revoked = keys.filter((key) => key.revoked_at !== null);
  return (
    <Section
      title={t("keys.title")}
      note={t("keys.note")}
      action={
        making ? null : (
          <Button onClick={() => setMaking(true)} data-testid="new-key">
            <Plus size={16} strokeWidth={1.75} />
            {t("keys.new")}
          </Button>
        )
      }
    >
      {making ? (
        <NewKey
          onDone={(key) => {
            setMaking(false);
            if (key) setMade(key);
          }}
        />
      ) : null}
      {made ? <MadeKey made={made} onDone={() => setMade(null)} /> : null}
      {error ? <ProblemCard problem={problemOf(error)} /> : null}
      {isPending ? <Skeleton rows={2} /> : null}
      {data && !inUse.length && !making ? <p className="text-ink-3">{t("keys.none")}</p> : null}
      {inUse.length ? (
        <ul className="key-list key-table">
          {/* Each figure has its own name for those who do not see the heads. */}
          <li className="key-heads" aria-hidden="true">
            <span>{t("keys.name")}</span>
            <span>{t("keys.today")}</span>
            <span>{t("keys.total")}</span>
            <span>{t("keys.used")}</span>
          </li>
          {inUse.map((key) => (
            <KeyRow key={key.id} of={key} days={data?.days[key.id] ?? []} />
          ))}
        </ul>
      ) : null}
      {revoked.length ? <Revoked keys={revoked} /> : null}
    </Section>
  );
}

function NewKey({ onDone }: { onDone: (made: KeyMade | null) => void }) {
  const make = useMutation({
    mutationFn: (body: KeyBody) => change<KeyMade>("POST", "/api/keys", body),
    onSuccess: (made) => {
      void refresh();
      onDone(made);
    },
  });
  return (
    <div className="mb-3">
      <KeyForm
        busy={make.isPending}
        onCancel={() => onDone(null)}
        onSend={(typed) => {
          const body = bodyOf(typed);
          if (typeof body === "string") return body;
          if (!make.isPending) make.mutate(body);
          return null;
        }}
      />
      {make.error ? (
        <div role="alert" className="mt-2">
          <ProblemCard problem={problemOf(make.error)} />
        </div>
      ) : null}
    </div>
  );
}

/** They stay to be looked at: their use is part of the bill. */
function Revoked({ keys }: { keys: Key[] }) {
  const { t, i18n } = useTranslation("settings");
  return (
    <details className="key-revoked">
      <summary>{t("keys.revokedCount", { count: keys.length })}</summary>
      <ul className="key-list">
        {keys.map((key) => (
          <li key={key.id} className="key-row">
            <div className="key-line">
              <div className="key-name">
                <p>{key.name}</p>
                <p className="key-rules">
                  <span className="mono">{key.prefix}…</span>
                  <span>{t("keys.revokedAt", { date: day(key.revoked_at ?? 0, i18n.language) })}</span>
                </p>
              </div>
              <Use label={t("keys.total")} use={key.total} />
              {key.total.requests ? <TracesOf of={key} /> : null}
            </div>
          </li>
        ))}
      </ul>
    </details>
  );
}

/** Asks again for the use of keys a moment after requests came to their end. */
function useFreshUse() {
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const end = onLiveEvent((event) => {
      if (event.type !== "trace.settled" || timer) return;
      timer = setTimeout(() => {
        timer = undefined;
        void refresh();
      }, 1000);
    });
    return () => {
      clearTimeout(timer);
      end();
    };
  }, []);
}
