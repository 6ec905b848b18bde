import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Dialect } from "../../../api/types";
import { day } from "../../../format";
import { Tag } from "../../../ui/Tag";

type Sure = Dialect["facts"][number]["sure"];
const SURE: Sure[] = ["confirmed", "secondary", "unconfirmed", "practice"];
const LOOK = {
  confirmed: { tone: "ok", mark: "dot" },
  secondary: { tone: "plain", mark: "dot" },
  unconfirmed: { tone: "warn", mark: "ring" },
  practice: { tone: "info", mark: "ring" },
} as const;

/** What practice does at this dialect, each with how sure it is that the provider does the same. */
export function DialectFacts({ dialect, open: first }: { dialect: Dialect; open: boolean }) {
  const { t, i18n } = useTranslation("practice");
  const [open, setOpen] = useState(first);
  const counts = SURE.map((sure) => ({
    sure,
    count: dialect.facts.filter((fact) => fact.sure === sure).length,
  })).filter(({ count }) => count > 0);
  return (
    <details
      className="pr-fold"
      open={open}
      // Hundreds of rows in nine tables: they are made when they are wanted.
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary>
        {t("facts.open", { count: dialect.facts.length })}
        <span className="text-ink-3">
          {counts.map(({ sure, count }) => t(`facts.some.${sure}`, { count })).join(" · ")}
          {" · "}
          {t("facts.seen", { date: day(Date.parse(`${dialect.seen}T12:00:00`) / 1000, i18n.language) })}
        </span>
      </summary>
      {open ? <FactTable dialect={dialect} /> : null}
    </details>
  );
}

function FactTable({ dialect }: { dialect: Dialect }) {
  const { t } = useTranslation("practice");
  return (
    <table className="pr-table pr-facts">
      <caption className="sr-only">{t("facts.of", { dialect: dialect.label })}</caption>
      <thead>
        <tr>
          <th scope="col">{t("facts.about")}</th>
          <th scope="col">{t("facts.use")}</th>
          <th scope="col">{t("facts.sure")}</th>
          <th scope="col">{t("facts.source")}</th>
        </tr>
      </thead>
      <tbody>
        {dialect.facts.map((fact, at) => (
          <tr key={at}>
            <th scope="row">
              <About text={fact.about} />
            </th>
            <td className="mono" translate="no">
              {shown(fact.use) || <span className="font-sans text-ink-3">{t("facts.noUse")}</span>}
            </td>
            <td>
              <Tag tone={LOOK[fact.sure].tone} mark={LOOK[fact.sure].mark}>
                {t(`facts.sureIs.${fact.sure}`)}
              </Tag>
            </td>
            {/* Citations stay as they were written down. */}
            <td lang="en" className="text-ink-2">
              {fact.source || <span className="text-ink-3">{t("facts.noSource")}</span>}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** `error rate_limited` and `header x-request-id` are a word and a name; the rest are words alone. */
function About({ text }: { text: string }) {
  const { t } = useTranslation("practice");
  const [, word, name] = /^(error|header) (\S+)$/.exec(text) ?? [];
  if (word && name)
    return (
      <>
        {t(`facts.aboutIs.${word}`)} <span className="mono">{name}</span>
      </>
    );
  return t(`facts.aboutIs.${text}`, { defaultValue: text });
}

function shown(use: unknown): string {
  return typeof use === "string" ? use : JSON.stringify(use);
}
