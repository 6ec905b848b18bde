import { Trash2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import { problemOf } from "../../../api/client";
import type { Practice, Rule } from "../../../api/types";
import { clock } from "../../../format";
import { Button } from "../../../ui/Button";
import { ProblemCard } from "../../../ui/FindingCard";
import { Tag } from "../../../ui/Tag";
import { useRemoveRules, useServerNow } from "./query";
import { RuleForm } from "./RuleForm";
import { chance, whenOf } from "./rules";

/** Faults by time and by chance: those that there are, and a form for one more. */
export function Schedule({ practice, fault }: { practice: Practice; fault?: string }) {
  const { t } = useTranslation("practice");
  const remove = useRemoveRules();
  const { rules } = practice;
  const over = rules.filter((rule) => rule.state === "over").map((rule) => rule.id);
  return (
    <>
      <RuleForm practice={practice} fault={fault} />
      <section aria-labelledby="pr-rules">
        <div className="pr-bar">
          <h3 className="ep-h" id="pr-rules">
            {t("rule.title")} <small>{t("rule.small")}</small>
          </h3>
          {over.length > 0 ? (
            <Button small disabled={remove.isPending} onClick={() => remove.mutate(over)}>
              {t("rule.removeOver")}
            </Button>
          ) : null}
        </div>
        {remove.error ? (
          <div role="alert" className="mb-2">
            <ProblemCard problem={problemOf(remove.error)} />
          </div>
        ) : null}
        {rules.length === 0 ? <p className="text-ink-2">{t("rule.none")}</p> : null}
        {rules.length > 0 ? (
          <table className="pr-table pr-rules">
            <caption className="sr-only">{t("rule.caption")}</caption>
            <thead>
              <tr>
                <th scope="col">{t("rule.stateHead")}</th>
                <th scope="col">{t("rule.fault")}</th>
                <th scope="col">{t("rule.for")}</th>
                <th scope="col">{t("rule.when")}</th>
                <th scope="col">{t("rule.chance")}</th>
                <th scope="col" className="r">
                  {t("rule.struck")}
                </th>
                <th scope="col">
                  <span className="sr-only">{t("rule.remove")}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {rules.map((rule) => (
                <RuleRow
                  key={rule.id}
                  rule={rule}
                  practice={practice}
                  busy={remove.isPending}
                  onRemove={() => remove.mutate([rule.id])}
                />
              ))}
            </tbody>
          </table>
        ) : null}
      </section>
    </>
  );
}

interface RuleRowProps {
  rule: Rule;
  practice: Practice;
  busy: boolean;
  onRemove: () => void;
}

const LOOK = {
  waiting: { tone: "plain", mark: "ring" },
  active: { tone: "live", mark: "dot" },
  over: { tone: "plain", mark: undefined },
} as const;

function RuleRow({ rule, practice, busy, onRemove }: RuleRowProps) {
  const { t } = useTranslation("practice");
  const { tone, mark } = LOOK[rule.state];
  const outage = practice.faults.find((one) => one.name === rule.fault)?.by === "door";
  const dialect = practice.dialects.find((one) => one.name === rule.dialect)?.label ?? rule.dialect;
  return (
    <tr data-testid="rule" data-state={rule.state}>
      <td>
        <Tag tone={tone} mark={mark}>
          {t(`rule.state.${rule.state}`)}
        </Tag>
      </td>
      <th scope="row" className="mono" translate="no">
        {rule.argument === null ? rule.fault : `${rule.fault}=${rule.argument}`}
      </th>
      <td>
        {outage ? (
          t("rule.everybody")
        ) : (
          <>
            {dialect ?? t("rule.allDialects")},{" "}
            {rule.model ? <span className="mono">{rule.model}</span> : t("rule.allModels")}
          </>
        )}
      </td>
      <td>
        <WhenWords rule={rule} />
      </td>
      <td data-label={t("rule.chance")}>
        <span className="mono">{chance(rule.probability)}</span>
        {rule.probability < 1 ? (
          <span className="text-ink-3">
            {" "}
            {t("rule.seed")} <span className="mono">{rule.seed}</span>
          </span>
        ) : null}
      </td>
      <td className="r" data-label={t("rule.struck")}>
        {outage ? (
          <span className="text-ink-3">{t("rule.uncounted")}</span>
        ) : (
          <span className={rule.struck > 0 ? "text-warn" : "text-ink-2"} data-testid="struck">
            {t("rule.struckOf", { struck: rule.struck, matched: rule.matched })}
          </span>
        )}
      </td>
      <td className="r">
        <Button
          small
          kind="bare"
          disabled={busy}
          aria-label={t("rule.removeName", { fault: rule.fault })}
          onClick={onRemove}
        >
          <Trash2 size={14} strokeWidth={1.75} aria-hidden="true" />
          {t("rule.remove")}
        </Button>
      </td>
    </tr>
  );
}

/** Counts down by itself, apart from the rest of the row. */
function WhenWords({ rule }: { rule: Rule }) {
  const { t } = useTranslation("practice");
  const { word, time, lasts } = whenOf(rule, useServerNow(), clock);
  return t(`rule.${word}`, { time, lasts });
}
