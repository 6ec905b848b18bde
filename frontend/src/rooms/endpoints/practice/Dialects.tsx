import { Fragment, useEffect, useId, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { problemOf } from "../../../api/client";
import type { Dialect, Practice } from "../../../api/types";
import { Button } from "../../../ui/Button";
import { CopyButton } from "../../../ui/CopyButton";
import { ProblemCard } from "../../../ui/FindingCard";
import { DialectFacts } from "./DialectFacts";
import { LIMITS, type LimitName, readLimit, sameLimits } from "./limits";
import { useSetLimits } from "./query";

/** Each dialect with its address, its keys, its limits, and what is known of how it speaks. */
export function Dialects({ practice, chosen }: { practice: Practice; chosen?: string }) {
  const { t } = useTranslation("practice");
  const list = useRef<HTMLElement>(null);
  // Who comes from an endpoint's card wants to see that one.
  useEffect(() => {
    const own = chosen ? list.current?.querySelector(`[data-endpoint="${CSS.escape(chosen)}"]`) : null;
    own?.scrollIntoView({ block: "start" });
  }, [chosen]);
  return (
    <section ref={list} aria-labelledby="pr-dialects">
      <h3 className="ep-h" id="pr-dialects">
        {t("limit.title")} <small>{t("limit.small")}</small>
      </h3>
      {practice.dialects.map((dialect) => (
        <OneDialect key={dialect.name} dialect={dialect} open={dialect.endpoint === chosen} />
      ))}
    </section>
  );
}

function OneDialect({ dialect, open }: { dialect: Dialect; open: boolean }) {
  const { t } = useTranslation("practice");
  const set = useSetLimits(dialect.name);
  const id = useId();
  const usual = sameLimits(dialect.limits, dialect.usual_limits);
  return (
    <section
      className="pr-dialect"
      aria-labelledby={id}
      data-endpoint={dialect.endpoint}
      data-testid={`dialect-${dialect.name}`}
    >
      <div className="pr-bar">
        <h4 id={id}>
          {dialect.label} <span className="mono font-body text-ink-3">{dialect.endpoint}/</span>
        </h4>
        {usual ? null : (
          <Button
            small
            aria-label={t("limit.resetName", { dialect: dialect.label })}
            onClick={() => set.mutate(dialect.usual_limits)}
          >
            {t("limit.reset")}
          </Button>
        )}
      </div>
      <dl className="pr-reach">
        <div>
          <dt>{t("limit.address")}</dt>
          <dd>
            <Address url={dialect.base_url} />
            <CopyButton text={dialect.base_url} label={t("limit.copyAddress", { dialect: dialect.label })} />
          </dd>
        </div>
        <div>
          <dt>{t("limit.key")}</dt>
          <dd>
            {dialect.key ? (
              <>
                <code className="break-all">{dialect.key}</code>
                <CopyButton text={dialect.key} label={t("limit.copyKey", { dialect: dialect.label })} />
              </>
            ) : (
              t("limit.noKey")
            )}
          </dd>
        </div>
        {dialect.broke_key ? (
          <div>
            <dt>{t("limit.broke")}</dt>
            <dd>
              <code className="break-all">{dialect.broke_key}</code>
              <CopyButton text={dialect.broke_key} label={t("limit.copyBroke", { dialect: dialect.label })} />
            </dd>
          </div>
        ) : null}
      </dl>
      <div className="pr-limits">
        {LIMITS.map((name) => (
          <LimitField
            key={`${name} ${dialect.limits[name]}`}
            name={name}
            dialect={dialect}
            onSet={(value) => set.mutate({ ...dialect.limits, [name]: value })}
          />
        ))}
      </div>
      {set.error ? (
        <div role="alert" className="mt-2">
          <ProblemCard problem={problemOf(set.error)} />
        </div>
      ) : null}
      <DialectFacts dialect={dialect} open={open} />
    </section>
  );
}

/** Where it is too long for one line, it goes on after a slash. */
function Address({ url }: { url: string }) {
  return (
    <code className="min-w-0">
      {url.split(/(?<=\w\/)/).map((part, at) => (
        <Fragment key={at}>
          {at > 0 ? <wbr /> : null}
          {part}
        </Fragment>
      ))}
    </code>
  );
}

interface LimitFieldProps {
  name: LimitName;
  dialect: Dialect;
  onSet: (value: number | null) => void;
}

/** A number that holds as soon as the field is left, or Enter is pressed. */
function LimitField({ name, dialect, onSet }: LimitFieldProps) {
  const { t } = useTranslation("practice");
  const now = dialect.limits[name] ?? null;
  const usual = dialect.usual_limits[name] ?? null;
  const [text, setText] = useState(now === null ? "" : String(now));
  const value = readLimit(text);
  const id = useId();
  const keep = () => {
    if (value !== undefined && value !== now) onSet(value);
  };
  return (
    <div className="pr-field">
      <label htmlFor={id}>
        {t(`limit.${name}`)}
        <span className="sr-only">, {dialect.label}</span>
      </label>
      <input
        id={id}
        className="field mono"
        inputMode="decimal"
        autoComplete="off"
        value={text}
        placeholder={t("limit.none")}
        data-limit={name}
        aria-invalid={value === undefined}
        aria-describedby={`${id}-note`}
        onChange={(event) => setText(event.target.value)}
        onBlur={keep}
        onKeyDown={(event) => {
          if (event.key === "Enter") keep();
        }}
      />
      <small id={`${id}-note`} className={value === undefined ? "text-error" : "text-info"}>
        {value === undefined
          ? t("limit.wrong")
          : now === usual
            ? ""
            : usual === null
              ? t("limit.usualNone")
              : t("limit.usual", { usual })}
      </small>
    </div>
  );
}
