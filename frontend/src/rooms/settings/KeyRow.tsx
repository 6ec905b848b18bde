import { useMutation } from "@tanstack/react-query";
import type { TFunction } from "i18next";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { change, problemOf } from "../../api/client";
import { queries } from "../../api/queries";
import type { Key, KeyChange, KeyDay, KeyUse } from "../../api/types";
import { count, day } from "../../format";
import { Button } from "../../ui/Button";
import { Confirm } from "../../ui/Confirm";
import { ProblemCard } from "../../ui/FindingCard";
import { Tag } from "../../ui/Tag";
import { KeyDays } from "./KeyDays";
import { KeyForm } from "./KeyForm";
import { changeOf, LIMITS, short, spent } from "./keys";

const refresh = () => queries.invalidateQueries({ queryKey: ["keys"] });

/** A key in use: what it may do in words, what was done with it, and the way to change or end it. */
export function KeyRow({ of, days }: { of: Key; days: readonly KeyDay[] }) {
  const { t, i18n } = useTranslation("settings");
  const [editing, setEditing] = useState(false);
  const [asking, setAsking] = useState(false);
  const place = `/api/keys/${encodeURIComponent(of.id)}`;
  const save = useMutation({
    mutationFn: (body: KeyChange) => change<Key>("PATCH", place, body),
    onSuccess: () => setEditing(false),
    onSettled: refresh,
  });
  const revoke = useMutation({ mutationFn: () => change("DELETE", place), onSettled: refresh });
  const error = save.error ?? revoke.error;
  return (
    <li className="key-row" data-testid="key">
      <div className="key-line">
        <div className="key-name">
          <p>
            <b>{of.name}</b>
            {of.expired ? (
              <Tag tone="error" mark="square">
                {t("keys.expired", { date: day(of.expires_at ?? 0, i18n.language) })}
              </Tag>
            ) : null}
            {of.rules.tags.map((tag) => (
              <Tag key={tag}>{tag}</Tag>
            ))}
          </p>
          <p className="key-rules">
            <span className="mono">{of.prefix}…</span>
            {rulesOf(of, t, i18n.language).map((rule) => (
              <span key={rule}>{rule}</span>
            ))}
          </p>
          {of.note ? <p className="key-note">{of.note}</p> : null}
        </div>
        <Use label={t("keys.today")} use={of.today} />
        <Use label={t("keys.total")} use={of.total} />
        <div className="key-use">
          <span>{t("keys.used")}</span>
          <b>{of.last_used_at ? day(of.last_used_at, i18n.language) : t("keys.never")}</b>
        </div>
        <div className="key-buttons">
          <Button
            small
            onClick={() => setEditing(!editing)}
            aria-expanded={editing}
            aria-label={t("keys.editName", { name: of.name })}
          >
            {t("keys.edit")}
          </Button>
          <Button small onClick={() => setAsking(true)} aria-label={t("keys.revokeName", { name: of.name })}>
            {t("keys.revoke")}
          </Button>
        </div>
      </div>
      {days.length ? <KeyDays of={of} days={days} /> : null}
      {editing ? (
        <KeyForm
          of={of}
          busy={save.isPending}
          onCancel={() => setEditing(false)}
          onSend={(typed) => {
            const body = changeOf(typed);
            if (typeof body === "string") return body;
            if (!save.isPending) save.mutate(body);
            return null;
          }}
        />
      ) : null}
      {error ? (
        <div role="alert" className="mt-2">
          <ProblemCard problem={problemOf(error)} />
        </div>
      ) : null}
      <Confirm
        open={asking}
        onOpenChange={setAsking}
        title={t("keys.revokeTitle")}
        body={t("keys.revokeBody", { name: of.name })}
        action={t("keys.revoke")}
        onConfirm={() => revoke.mutate()}
      />
    </li>
  );
}

/** How often and for how much. What its rules refused is told, since nobody pays for that. */
export function Use({ label, use }: { label: string; use: KeyUse }) {
  const { t } = useTranslation("settings");
  const lost = [
    use.refused ? t("keys.refused", { count: use.refused, n: count(use.refused) }) : "",
    use.failed ? t("keys.failed", { count: use.failed, n: count(use.failed) }) : "",
  ].filter(Boolean);
  return (
    <div className="key-use">
      <span>{label}</span>
      <b>
        {use.requests
          ? t("keys.requests", { count: use.requests, n: count(use.requests) })
          : t("keys.unused")}
      </b>
      {use.requests ? <span className="mono">{spent(use, t("keys.unknownCost"))}</span> : null}
      {lost.length ? <span className="text-warn">{lost.join(", ")}</span> : null}
    </div>
  );
}

/** What the key may do that another may not, in the order in which it is checked. */
function rulesOf({ rules, expires_at, expired }: Key, t: TFunction<"settings">, language: string): string[] {
  return [
    rules.models.length ? rules.models.join(", ") : rules.endpoints.length ? "" : t("keys.everything"),
    rules.endpoints.length ? t("keys.at", { endpoints: rules.endpoints.join(", ") }) : "",
    ...LIMITS.flatMap((name) => {
      const limit = rules[name];
      return limit === null ? [] : [t(`keys.limitShort.${name}`, { n: short(limit) })];
    }),
    expires_at && !expired ? t("keys.until", { date: day(expires_at, language) }) : "",
    rules.lenient ? t("keys.isLenient") : "",
    rules.explain_errors ? "error.filon" : "",
  ].filter(Boolean);
}
