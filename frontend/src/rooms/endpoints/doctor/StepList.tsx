import { Check, Ellipsis, LoaderCircle, TriangleAlert, X } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Step } from "../../../api/types";
import { STEPS } from "./run";
import { took, useSeen } from "./words";

const ICONS = {
  ok: [Check, "text-ok"],
  warn: [TriangleAlert, "text-warn"],
  failed: [X, "text-error"],
  skipped: [Ellipsis, "text-ink-3"],
  running: [LoaderCircle, "text-vein doc-turns"],
  waiting: [Ellipsis, "text-ink-3"],
} as const;

/** Every step from the first moment on, so that nothing jumps: mark, step, what was seen, time. */
export function StepList({ steps }: { steps: Step[] }) {
  const { t } = useTranslation("doctor");
  const seen = useSeen();
  return (
    <ol className="doc-steps" aria-label={t("steps")}>
      {STEPS.map((name) => {
        const step = steps.find((one) => one.name === name);
        const state = step?.state ?? "waiting";
        const [Icon, tone] = ICONS[state];
        const told = step ? seen(step) : "";
        return (
          <li key={name} data-state={state} data-testid={`step-${name}`}>
            <Icon size={14} strokeWidth={2} className={tone} aria-hidden="true" />
            <span>
              {t(`step.${name}`)}
              <span className="sr-only"> {t(`mark.${state}`)}</span>
            </span>
            <span className="mono cut" title={told}>
              {told}
            </span>
            <span className="mono doc-time">
              {state === "skipped" || state === "running" ? "" : took(step?.seconds ?? null)}
            </span>
          </li>
        );
      })}
    </ol>
  );
}
