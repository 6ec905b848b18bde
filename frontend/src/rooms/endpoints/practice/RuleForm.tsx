import type { TFunction } from "i18next";
import { type FormEvent, type ReactNode, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { problemOf } from "../../../api/client";
import type { Fault, Practice } from "../../../api/types";
import { count } from "../../../format";
import { Button } from "../../../ui/Button";
import { ProblemCard, WithCode } from "../../../ui/FindingCard";
import { canBeRule, GROUPS, isOutage } from "./faults";
import { useAddRule, useSay } from "./query";
import { EMPTY_RULE, readRule, type RuleForm as Typed, type Wrong } from "./rules";

/** One more rule. What is wrong is said when it is to be added, and goes when it is put right. */
export function RuleForm({ practice, fault }: { practice: Practice; fault?: string }) {
  const { t } = useTranslation("practice");
  const [typed, setTyped] = useState<Typed>({ ...EMPTY_RULE, fault: fault ?? "" });
  const [wrong, setWrong] = useState<Wrong | null>(null);
  const add = useAddRule();
  const say = useSay();
  const chosen = practice.faults.find((one) => one.name === typed.fault);
  const outage = chosen ? isOutage(chosen) : false;
  const takes = chosen?.argument ?? null;

  const type = (field: keyof Typed) => (value: string) => {
    setTyped({ ...typed, [field]: value, ...(field === "fault" ? { number: "" } : {}) });
    setWrong(null);
    add.reset();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const read = readRule(typed, chosen);
    if (typeof read === "string") return setWrong(read);
    add.mutate(read, { onSuccess: () => setTyped({ ...typed, fault: "", number: "" }) });
  };
  const field = { typed, wrong, onType: type };
  return (
    <section aria-labelledby="pr-new-rule">
      <h3 className="ep-h" id="pr-new-rule">
        {t("rule.new")}
      </h3>
      <form className="pr-form" data-testid="rule-form" onSubmit={submit} noValidate>
        <Select name="fault" label={t("rule.fault")} wide {...field}>
          <option value="">{t("rule.chooseFault")}</option>
          {GROUPS.map((group) => (
            <optgroup key={group} label={t(`groups.${group}`)}>
              {practice.faults
                .filter((one) => one.group === group && canBeRule(one))
                .map((one) => (
                  <option key={one.name}>{one.name}</option>
                ))}
            </optgroup>
          ))}
        </Select>
        <Field
          name="number"
          label={t("rule.number")}
          unit={takes ? t(`unit.${takes.unit}`, { defaultValue: takes.unit }) : undefined}
          placeholder={takes ? String(takes.usual) : t("rule.noNumber")}
          disabled={!takes}
          {...field}
        />
        <Select name="dialect" label={t("rule.dialect")} disabled={outage} {...field}>
          <option value="">{t("rule.allDialects")}</option>
          {practice.dialects.map((one) => (
            <option key={one.name} value={one.name}>
              {one.label}
            </option>
          ))}
        </Select>
        <Select name="model" label={t("rule.model")} disabled={outage} {...field}>
          <option value="">{t("rule.allModels")}</option>
          {practice.models.map((one) => (
            <option key={one.name}>{one.name}</option>
          ))}
        </Select>
        <Field name="startsIn" label={t("rule.startsIn")} unit={t("rule.seconds")} {...field} />
        <Field
          name="lasts"
          label={t("rule.lasts")}
          unit={t("rule.seconds")}
          placeholder={outage ? undefined : t("rule.forever")}
          {...field}
        />
        <Field name="percent" label={t("rule.chance")} unit="%" disabled={outage} {...field} />
        <Field name="seed" label={t("rule.seed")} disabled={outage} {...field} />
        <Button
          type="submit"
          className="pr-add"
          kind={chosen ? "ore" : "line"}
          aria-disabled={add.isPending}
          data-testid="add-rule"
        >
          {t("rule.add")}
        </Button>
        <p className="pr-form-note" role="status">
          {wrong ? (
            <span className="text-error" data-testid="rule-wrong">
              <WithCode text={t(`rule.wrong.${wrong}`, boundsOf(takes, t))} />
            </span>
          ) : chosen ? (
            <WithCode text={outage ? `${say(chosen).what} ${t("rule.outage")}` : say(chosen).what} />
          ) : (
            <WithCode text={t("rule.hint")} />
          )}
        </p>
      </form>
      {add.error ? (
        <div role="alert" className="mt-2">
          <ProblemCard problem={problemOf(add.error)} />
        </div>
      ) : null}
    </section>
  );
}

function boundsOf(takes: Fault["argument"], t: TFunction<"practice">): Record<string, string> {
  if (!takes) return {};
  const unit = t(`unit.${takes.unit}`, { defaultValue: takes.unit });
  return { unit, low: String(takes.low), high: count(takes.high) };
}

interface FieldProps {
  name: keyof Typed;
  label: string;
  typed: Typed;
  wrong: Wrong | null;
  onType: (field: keyof Typed) => (value: string) => void;
  disabled?: boolean;
}

const isWrong = (wrong: Wrong | null, name: keyof Typed) =>
  wrong === name ||
  (wrong === "lastsDoor" && name === "lasts") ||
  (wrong === "numberWhole" && name === "number");

function Field({
  name,
  label,
  unit,
  placeholder,
  typed,
  wrong,
  onType,
  disabled,
}: FieldProps & { unit?: string; placeholder?: string }) {
  const id = useId();
  return (
    <div className="pr-field" data-field={name}>
      <label htmlFor={id}>{label}</label>
      <div className="field">
        <input
          id={id}
          className="mono"
          inputMode="decimal"
          autoComplete="off"
          value={typed[name]}
          placeholder={placeholder}
          disabled={disabled}
          aria-invalid={isWrong(wrong, name)}
          aria-describedby={unit ? `${id}-unit` : undefined}
          onChange={(event) => onType(name)(event.target.value)}
        />
        {unit ? (
          <span id={`${id}-unit`} className="text-xs text-ink-3">
            {unit}
          </span>
        ) : null}
      </div>
    </div>
  );
}

function Select({
  name,
  label,
  wide,
  typed,
  wrong,
  onType,
  disabled,
  children,
}: FieldProps & { wide?: boolean; children: ReactNode }) {
  const id = useId();
  return (
    <div className="pr-field" data-field={name} data-wide={wide || undefined}>
      <label htmlFor={id}>{label}</label>
      <select
        id={id}
        className="field"
        value={typed[name]}
        disabled={disabled}
        aria-invalid={isWrong(wrong, name)}
        onChange={(event) => onType(name)(event.target.value)}
      >
        {children}
      </select>
    </div>
  );
}
