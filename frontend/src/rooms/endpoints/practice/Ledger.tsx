import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { change, problemOf } from "../../../api/client";
import type { LedgerLine, Practice } from "../../../api/types";
import { clock, count, duration } from "../../../format";
import { Button } from "../../../ui/Button";
import { Confirm } from "../../../ui/Confirm";
import { ProblemCard } from "../../../ui/FindingCard";
import { Skeleton } from "../../../ui/Skeleton";
import { LineDetail } from "./LineDetail";
import { LEDGER_KEY, ledgerQuery } from "./query";

/** What reached practice, line by line: the second witness beside Filon's own traces. */
export function Ledger({ practice }: { practice: Practice }) {
  const { t } = useTranslation("practice");
  const client = useQueryClient();
  const [dialect, setDialect] = useState("");
  const [open, setOpen] = useState<number | null>(null);
  const [asking, setAsking] = useState(false);
  const { data: lines, error } = useQuery(ledgerQuery(dialect));
  const clear = useMutation({
    mutationFn: () => change("DELETE", "/api/practice/ledger"),
    onSettled: () => client.invalidateQueries({ queryKey: [LEDGER_KEY] }),
  });
  const problem = error ?? clear.error;
  return (
    <section aria-labelledby="pr-ledger">
      <div className="pr-bar">
        <h3 className="ep-h" id="pr-ledger">
          {t("ledger.title")} <small>{t("ledger.small")}</small>
        </h3>
        <select
          className="field"
          aria-label={t("ledger.dialect")}
          value={dialect}
          onChange={(event) => setDialect(event.target.value)}
        >
          <option value="">{t("rule.allDialects")}</option>
          {practice.dialects.map((one) => (
            <option key={one.name} value={one.name}>
              {one.label}
            </option>
          ))}
        </select>
        <Button disabled={!lines?.length} onClick={() => setAsking(true)}>
          {t("ledger.clear")}
        </Button>
      </div>
      <Confirm
        open={asking}
        onOpenChange={setAsking}
        title={t("ledger.clearTitle")}
        body={t("ledger.clearBody")}
        action={t("ledger.clear")}
        onConfirm={() => clear.mutate()}
      />
      {problem ? (
        <div role="alert" className="mb-2">
          <ProblemCard problem={problemOf(problem)} />
        </div>
      ) : null}
      {lines || error ? null : <Skeleton rows={8} />}
      {lines?.length === 0 ? (
        <p className="text-ink-2">{t(dialect ? "ledger.noneHere" : "ledger.none")}</p>
      ) : null}
      {lines?.length ? (
        <table className="pr-table pr-ledger">
          <caption className="sr-only">{t("ledger.caption")}</caption>
          <thead>
            <tr>
              {(["time", "dialect", "request", "model", "faults", "status", "outcome"] as const).map(
                (name) => (
                  <th key={name} scope="col">
                    {t(`ledger.${name}`)}
                  </th>
                ),
              )}
              <th scope="col" className="r">
                {t("ledger.tokens")}
              </th>
              <th scope="col" className="r">
                {t("ledger.took")}
              </th>
            </tr>
          </thead>
          <tbody>
            {lines.map((line) => (
              <Line
                key={line.id}
                line={line}
                root={rootOf(practice, line.dialect)}
                open={line.id === open}
                onOpen={() => setOpen(line.id === open ? null : line.id)}
              />
            ))}
          </tbody>
        </table>
      ) : null}
    </section>
  );
}

/** The path of a dialect's base URL: beside the dialect's name it tells nothing new. */
function rootOf(practice: Practice, dialect: string): string {
  const own = practice.dialects.find((one) => one.name === dialect);
  return own ? new URL(own.base_url).pathname : "";
}

interface LineProps {
  line: LedgerLine;
  root: string;
  open: boolean;
  onOpen: () => void;
}

function Line({ line, root, open, onOpen }: LineProps) {
  const { t } = useTranslation("practice");
  const under = useId();
  const failed = (line.status ?? 0) >= 400;
  const odd = line.outcome !== "complete" && line.outcome !== "open";
  return (
    <>
      <tr data-testid="ledger-line" data-open={open || undefined} onClick={onOpen}>
        <td>
          <button
            type="button"
            className="pr-open mono"
            aria-expanded={open}
            aria-controls={open ? under : undefined}
            aria-label={t("ledger.open", { id: line.id, time: clock(line.at) })}
          >
            {clock(line.at)}
          </button>
        </td>
        <td>{line.dialect}</td>
        <td className="mono" translate="no" title={`${line.method} ${line.target}`}>
          <span className="text-ink-3">{line.method}</span>{" "}
          {line.target.startsWith(`${root}/`) ? line.target.slice(root.length) : line.target}
        </td>
        <td className="mono" translate="no">
          {line.model || <span className="font-sans text-ink-3">{t("ledger.noStatus")}</span>}
        </td>
        <td className="mono text-warn" translate="no">
          {line.switches.join(" ")}
        </td>
        <td className={`mono ${failed ? "text-error" : ""}`}>
          {failed ? <span aria-hidden="true">✕ </span> : null}
          {line.status ?? <span className="font-sans text-ink-3">{t("ledger.noStatus")}</span>}
        </td>
        <td className={line.outcome === "open" ? "text-vein" : odd && !failed ? "text-warn" : "text-ink-2"}>
          {t(`ledger.outcomeIs.${line.outcome}`, { defaultValue: line.outcome ?? "" })}
        </td>
        <td className="r mono">
          {line.prompt_tokens === null ? (
            <span className="font-sans text-ink-3">{t("ledger.noStatus")}</span>
          ) : (
            `${count(line.prompt_tokens)} → ${count(line.answer_tokens)}`
          )}
        </td>
        <td className="r mono">{line.seconds === null ? "…" : duration(line.seconds)}</td>
      </tr>
      {open ? (
        <tr className="pr-under" id={under}>
          <td colSpan={9}>
            <LineDetail id={line.id} />
          </td>
        </tr>
      ) : null}
    </>
  );
}
