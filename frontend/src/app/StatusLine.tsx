import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { statusQuery } from "../api/queries";
import type { Status } from "../api/types";
import { useStore } from "../core/store";
import { bytes, clock, count, money } from "../format";
import { showPart } from "./page-state";

/** What is true right now, each item a way to where it can be looked into. */
export function StatusLine() {
  const { t } = useTranslation();
  const { data: status } = useQuery(statusQuery);
  return (
    <footer className="status">
      <h2 className="sr-only">{t("status.label")}</h2>
      <Gateway status={status} />
      {status ? <Config status={status} /> : null}
      {status ? (
        <Link to="/endpoints">
          {t("status.endpoints")}{" "}
          <b>{t("status.ready", { ready: status.endpoints_ready, all: status.endpoints })}</b>
        </Link>
      ) : null}
      <span className="flex-1" />
      {status ? <Today status={status} /> : null}
      {status?.failed_today ? (
        <Link to="/traces" search={{ failed: true }} className="-ml-3 text-error">
          <span className="text-ink-3">· </span>
          {t("status.failed", { count: status.failed_today })}
        </Link>
      ) : null}
      {status ? (
        <Link to="/traces" className="max-laptop:hidden">
          {t("rooms.traces").toLowerCase()} <b>{bytes(status.trace_bytes)}</b>
        </Link>
      ) : null}
      <button type="button" onClick={() => showPart("palette", true)}>
        <span className="sr-only">{t("palette.label")} </span>
        <kbd>Ctrl K</kbd>
      </button>
    </footer>
  );
}

/** The address that programs use, and whether this page still hears the server. */
function Gateway({ status }: { status: Status | undefined }) {
  const { t } = useTranslation();
  const connection = useStore((state) => state.connection);
  const lost = connection === "waiting" || connection === "ended";
  return (
    <Link to="/settings">
      <span className={`dot mr-2 ${lost ? "ring text-warn" : "text-ok"}`} aria-hidden="true" />
      {lost ? <b className="text-warn">{t("status.reconnecting")}</b> : t("status.gateway")}{" "}
      {status && !lost ? <b>{status.gateway.replace(/^https?:\/\//, "")}</b> : null}
    </Link>
  );
}

function Config({ status }: { status: Status }) {
  const { t } = useTranslation();
  return (
    <Link to="/endpoints" search={{ view: "config" }} data-testid="status-config">
      {t("status.config")} <b>{status.config ?? t("status.noConfig")}</b>
      {status.config_fault ? <Fault status={status} /> : status.config ? <Counts status={status} /> : null}
    </Link>
  );
}

/** The file is not what runs: since when, and what runs instead. */
function Fault({ status }: { status: Status }) {
  const { t } = useTranslation();
  const { config_fault: fault, config_fault_since: since, config_runs_since: runs } = status;
  return (
    <>
      {" · "}
      <span className="text-error">{t(`status.${fault}`, { time: minute(since ?? 0) })}</span>
      {", "}
      {runs ? t("status.running", { time: minute(runs) }) : t("status.runningNone")}
    </>
  );
}

function minute(unixSeconds: number): string {
  return clock(unixSeconds).slice(0, 5);
}

function Counts({ status }: { status: Status }) {
  const { t } = useTranslation();
  return (
    <>
      {" · "}
      <span className={status.errors ? "text-error" : ""}>
        {t("status.errors", { count: status.errors })}
      </span>
      {status.warnings ? (
        <>
          {" · "}
          <span className="text-warn">{t("status.warnings", { count: status.warnings })}</span>
        </>
      ) : null}
    </>
  );
}

function Today({ status }: { status: Status }) {
  const { t } = useTranslation();
  return (
    <Link to="/traces">
      {t("status.today")}{" "}
      <b>{t("status.requests", { count: status.requests_today, figure: count(status.requests_today) })}</b>
      {" · "}
      <b>{money(status.cost_today_usd)}</b>
      {status.unpriced_today ? (
        <>
          {" · "}
          {t("status.unpriced", { count: status.unpriced_today })}
        </>
      ) : null}
    </Link>
  );
}
