import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Dialog } from "radix-ui";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { change, get, problemOf } from "../../../api/client";
import { bytes, count, day } from "../../../format";
import { Button } from "../../../ui/Button";
import { ProblemCard, WithCode } from "../../../ui/FindingCard";
import { Skeleton } from "../../../ui/Skeleton";
import type { Keeping, KeepingBody } from "../api";

interface KeepingDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

const MB = 1_000_000;

/** How much is kept of traces and for how long, and where both are set. */
export function KeepingDialog({ open, onOpenChange }: KeepingDialogProps) {
  const { t } = useTranslation("traces");
  const query = useQuery({
    queryKey: ["traces", "keeping"],
    queryFn: ({ signal }) => get<Keeping>("/api/traces/keeping", signal),
    enabled: open,
    staleTime: 0,
  });
  return (
    <Dialog.Root open={open} onOpenChange={onOpenChange}>
      <Dialog.Portal>
        <Dialog.Overlay className="scrim" />
        <Dialog.Content className="float dialog p-5" aria-describedby={undefined}>
          <Dialog.Title className="text-lg font-title">{t("keeping.title")}</Dialog.Title>
          {query.isError ? (
            <div className="mt-3">
              <ProblemCard
                problem={problemOf(query.error)}
                actions={<Button onClick={() => void query.refetch()}>{t("retry")}</Button>}
              />
            </div>
          ) : query.data ? (
            <>
              <Facts keeping={query.data} />
              {query.data.decided_by === "file" ? (
                <p className="mt-4 text-ink-2">
                  <WithCode text={t("keeping.byFile", { origin: query.data.origin ?? "filon.yaml" })} />
                </p>
              ) : (
                <KeepingForm keeping={query.data} onDone={() => onOpenChange(false)} />
              )}
              {query.data.decided_by === "file" ? (
                <div className="mt-5 flex justify-end">
                  <Dialog.Close className="btn">{t("keeping.close")}</Dialog.Close>
                </div>
              ) : null}
            </>
          ) : (
            <Skeleton rows={5} />
          )}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Facts({ keeping }: { keeping: Keeping }) {
  const { t, i18n } = useTranslation("traces");
  const rule = ruleOf(keeping);
  return (
    <dl className="tr-facts">
      <dt>{t("keeping.traces")}</dt>
      <dd className="mono">{count(keeping.traces)}</dd>
      <dt>{t("keeping.size")}</dt>
      <dd className="mono">{bytes(keeping.bytes)}</dd>
      <dt>{t("keeping.database")}</dt>
      <dd className="mono">{bytes(keeping.database_bytes)}</dd>
      <dt>{t("keeping.oldest")}</dt>
      <dd>{keeping.oldest === null ? t("none") : day(keeping.oldest, i18n.language)}</dd>
      <dt>{t("keeping.rule")}</dt>
      <dd>{t(`keeping.rules.${rule}`, { days: keeping.keep_days, size: bytes(keeping.keep_bytes) })}</dd>
      {keeping.next_run && rule !== "ever" ? (
        <>
          <dt>{t("keeping.next")}</dt>
          <dd>{new Date(keeping.next_run * 1000).toLocaleString(i18n.language)}</dd>
        </>
      ) : null}
    </dl>
  );
}

export function ruleOf({ keep_days, keep_bytes }: Pick<Keeping, "keep_days" | "keep_bytes">) {
  if (keep_days !== null) return keep_bytes !== null ? "both" : "days";
  return keep_bytes !== null ? "size" : "ever";
}

/** A limit as it is typed: blank is none; null where it is no number of one or more. */
export function limitOf(text: string, unit: number): { value: number | null } | null {
  if (text.trim() === "") return { value: null };
  const number = Number(text.trim().replace(",", "."));
  if (!Number.isFinite(number) || number <= 0) return null;
  const value = Math.round(number * unit);
  return value >= 1 ? { value } : null;
}

function KeepingForm({ keeping, onDone }: { keeping: Keeping; onDone: () => void }) {
  const { t } = useTranslation("traces");
  const client = useQueryClient();
  const id = useId();
  const [days, setDays] = useState(keeping.keep_days === null ? "" : String(keeping.keep_days));
  const [size, setSize] = useState(keeping.keep_bytes === null ? "" : String(keeping.keep_bytes / MB));
  const save = useMutation({
    mutationFn: (body: KeepingBody) => change<Keeping>("PUT", "/api/traces/keeping", body),
    onSuccess: (kept) => {
      client.setQueryData(["traces", "keeping"], kept);
      void client.invalidateQueries({ queryKey: ["traces"] });
      onDone();
    },
  });
  const daysRead = limitOf(days, 1);
  const sizeRead = limitOf(size, MB);
  const right = daysRead !== null && sizeRead !== null;
  return (
    <form
      className="mt-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (right) save.mutate({ keep_days: daysRead.value, keep_bytes: sizeRead.value });
      }}
    >
      <div className="grid grid-cols-2 gap-3">
        <label htmlFor={`${id}-days`}>{t("keeping.days")}</label>
        <label htmlFor={`${id}-size`}>{t("keeping.megabytes")}</label>
        <Limit id={`${id}-days`} text={days} onText={setDays} wrong={daysRead === null} />
        <Limit id={`${id}-size`} text={size} onText={setSize} wrong={sizeRead === null} />
      </div>
      <p id={`${id}-days-note`} className="mt-2 text-xs text-ink-3">
        {t("keeping.note")}
      </p>
      <p id={`${id}-size-note`} className="text-xs text-error" role="alert">
        {right ? "" : t("keeping.noNumber")}
      </p>
      {save.isError ? <ProblemCard problem={problemOf(save.error)} /> : null}
      <div className="mt-4 flex justify-end gap-2">
        <Button onClick={onDone}>{t("keeping.cancel")}</Button>
        <Button type="submit" kind="ore" disabled={!right || save.isPending}>
          {t(save.isPending ? "keeping.saving" : "keeping.save")}
        </Button>
      </div>
    </form>
  );
}

interface LimitProps {
  id: string;
  text: string;
  onText: (text: string) => void;
  wrong: boolean;
}

function Limit({ id, text, onText, wrong }: LimitProps) {
  const { t } = useTranslation("traces");
  return (
    <div className="field" aria-invalid={wrong}>
      <input
        id={id}
        inputMode="decimal"
        value={text}
        placeholder={t("keeping.noLimit")}
        aria-invalid={wrong}
        aria-describedby={`${id}-note`}
        onChange={(event) => onText(event.target.value)}
      />
    </div>
  );
}
