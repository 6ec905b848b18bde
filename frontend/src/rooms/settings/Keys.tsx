import { useMutation, useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { change, problemOf } from "../../api/client";
import { keysQuery, queries } from "../../api/queries";
import type { Key, KeyMade } from "../../api/types";
import { day } from "../../format";
import { Button } from "../../ui/Button";
import { Confirm } from "../../ui/Confirm";
import { CopyButton } from "../../ui/CopyButton";
import { ProblemCard } from "../../ui/FindingCard";
import { Skeleton } from "../../ui/Skeleton";
import { Section } from "./Section";

const refresh = () => queries.invalidateQueries({ queryKey: ["keys"] });

/** Keys for programs that use the gateway. A key's secret is on the page once and nowhere after. */
export function Keys() {
  const { t } = useTranslation("settings");
  const { data: keys, error, isPending } = useQuery(keysQuery);
  const [naming, setNaming] = useState(false);
  const [made, setMade] = useState<KeyMade | null>(null);
  return (
    <Section
      title={t("keys.title")}
      note={t("keys.note")}
      action={
        naming ? null : (
          <Button onClick={() => setNaming(true)} data-testid="new-key">
            <Plus size={16} strokeWidth={1.75} />
            {t("keys.new")}
          </Button>
        )
      }
    >
      {naming ? (
        <NewKey
          onDone={(key) => {
            setNaming(false);
            if (key) setMade(key);
          }}
        />
      ) : null}
      {made ? <Secret made={made} onDone={() => setMade(null)} /> : null}
      {error ? <ProblemCard problem={problemOf(error)} /> : null}
      {isPending ? <Skeleton rows={2} /> : null}
      {keys && !keys.length && !naming ? <p className="text-ink-3">{t("keys.none")}</p> : null}
      {keys?.length ? <KeyTable keys={keys} /> : null}
    </Section>
  );
}

function NewKey({ onDone }: { onDone: (made: KeyMade | null) => void }) {
  const { t } = useTranslation("settings");
  const [name, setName] = useState("");
  const make = useMutation({
    mutationFn: () => change<KeyMade>("POST", "/api/keys", { name: name.trim() }),
    onSuccess: (made) => {
      void refresh();
      onDone(made);
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim()) make.mutate();
  };
  return (
    <form onSubmit={submit} className="mb-3">
      <div className="flex flex-wrap gap-2">
        <input
          // biome-ignore lint/a11y/noAutofocus: it appears because its button was pressed
          autoFocus
          className="field min-w-48 flex-1"
          maxLength={80}
          value={name}
          placeholder={t("keys.namePlaceholder")}
          aria-label={t("keys.name")}
          onChange={(event) => setName(event.target.value)}
        />
        <Button
          type="submit"
          className="h-8"
          kind={name.trim() ? "ore" : "line"}
          disabled={!name.trim() || make.isPending}
        >
          {t("keys.make")}
        </Button>
        <Button className="h-8" onClick={() => onDone(null)}>
          {t("cancel", { ns: "common" })}
        </Button>
      </div>
      {make.error ? (
        <div className="mt-2">
          <ProblemCard problem={problemOf(make.error)} />
        </div>
      ) : null}
    </form>
  );
}

function Secret({ made, onDone }: { made: KeyMade; onDone: () => void }) {
  const { t } = useTranslation("settings");
  return (
    <div className="mb-3 rounded-control border border-vein bg-vein-wash p-3" data-testid="key-secret">
      <p>
        <b>{made.key.name}</b>: {t("keys.once")}
      </p>
      <div className="mt-2 flex items-center gap-2">
        <code className="min-w-0 flex-1 break-all select-all" translate="no">
          {made.secret}
        </code>
        <CopyButton text={made.secret} word={t("copy", { ns: "common" })} />
        <Button small onClick={onDone}>
          {t("keys.kept")}
        </Button>
      </div>
    </div>
  );
}

function KeyTable({ keys }: { keys: Key[] }) {
  const { t, i18n } = useTranslation("settings");
  const [asking, setAsking] = useState<Key | null>(null);
  const revoke = useMutation({
    mutationFn: (id: string) => change("DELETE", `/api/keys/${encodeURIComponent(id)}`),
    onSettled: refresh,
  });
  return (
    <>
      <table className="plain-table">
        <thead>
          <tr>
            <th scope="col">{t("keys.name")}</th>
            <th scope="col">{t("keys.begins")}</th>
            <th scope="col">{t("keys.made")}</th>
            <th scope="col">{t("keys.used")}</th>
            <th scope="col">
              <span className="sr-only">{t("keys.revoke")}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {keys.map((key) => (
            <tr key={key.id}>
              <td className="cut">{key.name}</td>
              <td className="mono">{key.prefix}…</td>
              <td>{day(key.created_at, i18n.language)}</td>
              <td>{key.last_used_at ? day(key.last_used_at, i18n.language) : t("keys.never")}</td>
              <td className="text-right">
                <Button
                  small
                  onClick={() => setAsking(key)}
                  aria-label={t("keys.revokeName", { name: key.name })}
                >
                  {t("keys.revoke")}
                </Button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <Confirm
        open={asking !== null}
        onOpenChange={(open) => open || setAsking(null)}
        title={t("keys.revokeTitle")}
        body={t("keys.revokeBody", { name: asking?.name ?? "" })}
        action={t("keys.revoke")}
        onConfirm={() => asking && revoke.mutate(asking.id)}
      />
      {revoke.error ? <ProblemCard problem={problemOf(revoke.error)} /> : null}
    </>
  );
}
