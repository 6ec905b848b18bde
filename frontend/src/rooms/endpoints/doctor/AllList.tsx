import { Check, ChevronRight, Ellipsis, LoaderCircle, Minus, TriangleAlert, X } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Endpoint } from "../../../api/types";
import { failedOf, type Run, show, useDoctor, warningsOf } from "./run";
import { useFindingSentences } from "./words";

/** A line for each endpoint; each opens its steps. */
export function AllList({ endpoints }: { endpoints: Endpoint[] }) {
  const { t } = useTranslation("doctor");
  const { all, runs } = useDoctor();
  return (
    <ul className="doc-all" aria-label={t("endpoints")}>
      {all.map((name) => {
        const endpoint = endpoints.find((one) => one.name === name);
        return (
          <li key={name}>
            <button type="button" data-testid="doctor-line" onClick={() => show({ name })}>
              <Mark run={runs[name]} local={endpoint?.kind === "local"} />
              <b className="cut">{endpoint?.label ?? name}</b>
              <ChevronRight size={14} className="text-ink-3" aria-hidden="true" />
              <Verdict run={runs[name]} local={endpoint?.kind === "local"} />
            </button>
          </li>
        );
      })}
    </ul>
  );
}

/** A local server that nobody set up and that does not run is no fault. */
export function isAbsent(run: Run | undefined, local: boolean): boolean {
  return local && failedOf(run)?.name === "tcp";
}

function Mark({ run, local }: { run: Run | undefined; local: boolean }) {
  const [Icon, tone] = !run
    ? ([Ellipsis, "text-ink-3"] as const)
    : run.running
      ? ([LoaderCircle, "text-vein doc-turns"] as const)
      : isAbsent(run, local) || run.stopped
        ? ([Minus, "text-ink-3"] as const)
        : failedOf(run) || run.problem
          ? ([X, "text-error"] as const)
          : warningsOf(run).length > 0
            ? ([TriangleAlert, "text-warn"] as const)
            : ([Check, "text-ok"] as const);
  return <Icon size={14} strokeWidth={2} className={tone} aria-hidden="true" />;
}

function Verdict({ run, local }: { run: Run | undefined; local: boolean }) {
  const { t } = useTranslation("doctor");
  const sentences = useFindingSentences();
  const failed = failedOf(run);
  const warnings = warningsOf(run);
  let text: string = t("waits");
  if (run?.problem) text = run.problem.message;
  else if (isAbsent(run, local)) text = t("absent");
  else if (failed?.finding) text = `${t(`step.${failed.name}` as never)}: ${sentences(failed.finding).title}`;
  else if (run?.running) {
    const step = run.steps.find((one) => one.state === "running");
    text = step ? t(`step.${step.name}` as never) : t("checking");
  } else if (run?.stopped) text = t("halted");
  else if (run) text = warnings.length ? t("worksBut", { count: warnings.length }) : t("works");
  return <small data-failed={(failed && !isAbsent(run, local)) || undefined}>{text}</small>;
}
