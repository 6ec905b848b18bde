import { ChevronLeft, RotateCw, Square, X } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Endpoint } from "../../../api/types";
import { useLayout } from "../../../app/page-state";
import { Button } from "../../../ui/Button";
import { ProblemCard } from "../../../ui/FindingCard";
import { IconButton } from "../../../ui/IconButton";
import { Sheet } from "../../../ui/Sheet";
import { Tag } from "../../../ui/Tag";
import { AllList } from "./AllList";
import { check, checkAll, close, failedOf, type Run, STEPS, show, stop, useDoctor, warningsOf } from "./run";
import { StepFinding } from "./StepFinding";
import { StepList } from "./StepList";
import "./doctor.css";

/** The doctor beside the endpoints: a column where there is room, else a sheet over the page. */
export function DoctorSheet({ endpoints }: { endpoints: Endpoint[] }) {
  const { t } = useTranslation("doctor");
  const layout = useLayout();
  const open = useDoctor((doctor) => doctor.open);
  const inside =
    open === "all" ? (
      <All endpoints={endpoints} />
    ) : open ? (
      <One name={open.name} endpoints={endpoints} />
    ) : null;
  if (layout === "phone")
    return (
      <Sheet
        from="bottom"
        open={open !== null}
        onOpenChange={(next) => next || close()}
        label={t("title")}
        className="doc-sheet"
      >
        {inside}
      </Sheet>
    );
  if (!inside) return null;
  return (
    <aside
      className="doc-side"
      aria-label={t("title")}
      data-testid="doctor"
      onKeyDown={(event) => event.key === "Escape" && close()}
    >
      {inside}
    </aside>
  );
}

function One({ name, endpoints }: { name: string; endpoints: Endpoint[] }) {
  const { t } = useTranslation("doctor");
  const run = useDoctor(({ runs }) => runs[name]);
  const ofMany = useDoctor(({ all }) => all.length > 1 && all.includes(name));
  const failed = failedOf(run);
  const label = endpoints.find((one) => one.name === name)?.label ?? name;
  return (
    <>
      <header className="doc-head">
        {ofMany ? (
          <IconButton small label={t("back")} onClick={() => show("all")}>
            <ChevronLeft size={16} />
          </IconButton>
        ) : null}
        <h2>{t("title")}</h2>
        <span className="mono cut text-ink-3">{label}</span>
        <span className="flex-1" />
        <IconButton small label={t("close")} onClick={close}>
          <X size={16} />
        </IconButton>
      </header>
      <div className="doc-bar">
        <State run={run} />
        <span className="flex-1" />
        {run?.running ? (
          <Button small onClick={() => stop(name)}>
            <Square size={12} aria-hidden="true" />
            {t("stop")}
          </Button>
        ) : (
          <>
            <Button small kind="bare" title={t("withoutChatMeans")} onClick={() => void check(name, false)}>
              {t("withoutChat")}
            </Button>
            <Button small title={t("costs")} onClick={() => void check(name)}>
              <RotateCw size={14} aria-hidden="true" />
              {t("again")}
            </Button>
          </>
        )}
      </div>
      <div className="doc-body">
        <StepList steps={run?.steps ?? []} />
        <div className="doc-findings" aria-live="polite">
          {run?.problem ? <ProblemCard problem={run.problem} /> : null}
          {failed ? <StepFinding step={failed} /> : null}
          {warningsOf(run).map((step) => (
            <StepFinding key={step.name} step={step} />
          ))}
        </div>
      </div>
    </>
  );
}

function State({ run }: { run: Run | undefined }) {
  const { t } = useTranslation("doctor");
  const failed = failedOf(run);
  const warnings = warningsOf(run).length;
  if (!run || run.problem) return null;
  if (failed) {
    const at = STEPS.indexOf(failed.name) + 1;
    return (
      <Tag tone="error" mark="square">
        {t("stoppedAt", { at, all: STEPS.length })}
      </Tag>
    );
  }
  if (run.running)
    return (
      <Tag tone="live" mark="dot">
        {t("checking")}
      </Tag>
    );
  if (run.stopped) return <Tag>{t("halted")}</Tag>;
  return warnings ? (
    <Tag tone="warn" mark="ring">
      {t("worksBut", { count: warnings })}
    </Tag>
  ) : (
    <Tag tone="ok" mark="dot">
      {t("works")}
    </Tag>
  );
}

function All({ endpoints }: { endpoints: Endpoint[] }) {
  const { t } = useTranslation("doctor");
  const { all, runs } = useDoctor();
  const running = all.some((name) => runs[name]?.running || !runs[name]);
  const ok = all.filter((name) => {
    const run = runs[name];
    return run && !run.running && !run.problem && !run.stopped && !failedOf(run);
  }).length;
  return (
    <>
      <header className="doc-head">
        <h2>{t("title")}</h2>
        <span className="flex-1" />
        <IconButton small label={t("close")} onClick={close}>
          <X size={16} />
        </IconButton>
      </header>
      <div className="doc-bar">
        {running ? (
          <Tag tone="live" mark="dot">
            {t("checking")}
          </Tag>
        ) : (
          <Tag tone={ok === all.length ? "ok" : "plain"}>{t("allDone", { ok, all: all.length })}</Tag>
        )}
        <span className="flex-1" />
        <Button small disabled={running} title={t("costsAll")} onClick={() => void checkAll(all)}>
          <RotateCw size={14} aria-hidden="true" />
          {t("again")}
        </Button>
      </div>
      <div className="doc-body">
        <AllList endpoints={endpoints} />
      </div>
    </>
  );
}
