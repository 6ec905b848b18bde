import { type FormEvent, type ReactNode, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Key } from "../../api/types";
import { day } from "../../format";
import { Button } from "../../ui/Button";
import { WithCode } from "../../ui/FindingCard";
import { Choice } from "./Choice";
import { EMPTY, EXPIRIES, type Expiry, LIMITS, mayUse, type Typed, typedOf, type Wrong, words } from "./keys";
import { useTargets } from "./use-targets";

interface KeyFormProps {
  /** The key to change; without it a new one is made. */
  of?: Key;
  busy: boolean;
  onSend: (typed: Typed) => Wrong | null;
  onCancel: () => void;
  children?: ReactNode;
}

/** What a key may do. What is wrong is said when it is sent, and goes when it is put right. */
export function KeyForm({ of, busy, onSend, onCancel, children }: KeyFormProps) {
  const { t, i18n } = useTranslation("settings");
  const [begun] = useState<Typed>(() => (of ? typedOf(of) : EMPTY));
  const [typed, setTyped] = useState<Typed>(begun);
  const [wrong, setWrong] = useState<Wrong | null>(null);
  const set = (change: Partial<Typed>) => {
    setTyped({ ...typed, ...change });
    setWrong(null);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setWrong(onSend(typed));
  };
  const text = (field: "name" | "note" | "models" | "endpoints" | "tags" | (typeof LIMITS)[number]) => ({
    value: typed[field],
    wrong: wrong === field,
    onType: (value: string) => set({ [field]: value }),
  });
  const expiries: Expiry[] = of?.expires_at ? ["keep", ...EXPIRIES] : [...EXPIRIES];
  const until = of?.expires_at ? day(of.expires_at, i18n.language) : "";
  return (
    <form onSubmit={submit} className="key-form" data-testid="key-form" noValidate>
      <Text label={t("keys.name")} placeholder={t("keys.namePlaceholder")} focus wide {...text("name")} />
      <Text
        label={t("keys.models")}
        placeholder={t("keys.allModels")}
        hint={<Reach typed={typed} />}
        mono
        wide
        {...text("models")}
      />
      <div className="key-field">
        <label htmlFor="key-expiry">{t("keys.expires")}</label>
        <select
          id="key-expiry"
          className="field"
          value={typed.expiry}
          onChange={(event) => set({ expiry: event.target.value as Expiry })}
        >
          {expiries.map((one) => (
            <option key={one} value={one}>
              {t(`keys.expiry.${one}`, { date: until })}
            </option>
          ))}
        </select>
      </div>
      {typed.expiry === "date" ? (
        <div className="key-field">
          <label htmlFor="key-date">{t("keys.date")}</label>
          <input
            id="key-date"
            type="date"
            className="field"
            value={typed.date}
            aria-invalid={wrong === "date" || undefined}
            onChange={(event) => set({ date: event.target.value })}
          />
        </div>
      ) : (
        <Text label={t("keys.endpoints")} placeholder={t("keys.allEndpoints")} mono {...text("endpoints")} />
      )}
      <fieldset className="key-limits">
        <legend>{t("keys.limits")}</legend>
        {LIMITS.map((name) => (
          <Text
            key={name}
            label={t(`keys.limit.${name}`)}
            placeholder={t("keys.noLimit")}
            figures
            {...text(name)}
          />
        ))}
      </fieldset>
      <Text label={t("keys.tags")} placeholder={t("keys.tagsPlaceholder")} {...text("tags")} />
      <Text label={t("keys.noteLabel")} {...text("note")} />
      <div className="key-flags">
        <Choice
          label={t("keys.untranslatable")}
          value={typed.lenient ? "drop" : "refuse"}
          options={[
            { value: "refuse", word: t("keys.refuse") },
            { value: "drop", word: t("keys.drop") },
          ]}
          onChange={(next) => set({ lenient: next === "drop" })}
        />
        <Choice
          label={t("keys.errors")}
          value={typed.explain ? "explained" : "plain"}
          options={[
            { value: "plain", word: t("keys.plain") },
            { value: "explained", word: t("keys.explained") },
          ]}
          onChange={(next) => set({ explain: next === "explained" })}
        />
      </div>
      <p className="key-wrong" role="status">
        {wrong ? (
          <WithCode text={t(`keys.wrong.${wrong === "name" || wrong === "date" ? wrong : "limit"}`)} />
        ) : null}
      </p>
      <div className="key-actions">
        <Button
          type="submit"
          kind={typed !== begun && typed.name.trim() ? "ore" : "line"}
          aria-disabled={busy}
          data-testid="key-save"
        >
          {of ? t("keys.save") : t("keys.make")}
        </Button>
        <Button onClick={onCancel}>{t("cancel", { ns: "common" })}</Button>
        {children}
      </div>
    </form>
  );
}

/** How many of the models and presets there are now the patterns mean. */
function Reach({ typed }: { typed: Typed }) {
  const { t } = useTranslation("settings");
  const targets = useTargets();
  const patterns = { models: words(typed.models), endpoints: words(typed.endpoints) };
  if (!targets || !(patterns.models.length || patterns.endpoints.length))
    return <WithCode text={t("keys.modelsHint")} />;
  const reached = targets.filter((target) => mayUse(patterns, target));
  if (!reached.length) return <span className="text-warn">{t("keys.reachesNone")}</span>;
  return t("keys.reaches", { count: reached.length, all: targets.length });
}

interface TextProps {
  label: string;
  value: string;
  wrong: boolean;
  onType: (value: string) => void;
  placeholder?: string;
  hint?: ReactNode;
  wide?: boolean;
  mono?: boolean;
  figures?: boolean;
  focus?: boolean;
}

function Text({ label, value, wrong, onType, placeholder, hint, wide, mono, figures, focus }: TextProps) {
  const id = useId();
  return (
    <div className="key-field" data-wide={wide || undefined}>
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        className={`field ${mono ? "mono" : ""} ${figures ? "figures" : ""}`}
        // biome-ignore lint/a11y/noAutofocus: the form appears because its button was pressed
        autoFocus={focus}
        maxLength={2000}
        autoComplete="off"
        spellCheck={mono || figures ? false : undefined}
        inputMode={figures ? "numeric" : undefined}
        value={value}
        placeholder={placeholder}
        aria-invalid={wrong || undefined}
        aria-describedby={hint ? `${id}-hint` : undefined}
        onChange={(event) => onType(event.target.value)}
      />
      {hint ? (
        <p id={`${id}-hint`} className="key-hint">
          {hint}
        </p>
      ) : null}
    </div>
  );
}
