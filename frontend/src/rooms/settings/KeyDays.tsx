import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Key, KeyDay } from "../../api/types";
import { count, day } from "../../format";
import { Button } from "../../ui/Button";
import { type Bar, bars, dateOf, inARow, sum } from "./key-days";
import { spent } from "./keys";

const WIDE = 8;
const TALL = 24;
const DEEP = 9;

/** The last thirty days of a key as a strip, requests above the line and money below it, and as a table. */
export function KeyDays({ of, days }: { of: Key; days: readonly KeyDay[] }) {
  const { t } = useTranslation("settings");
  const [asTable, setAsTable] = useState(false);
  const shown = inARow(days, dateOf(new Date()));
  const all = sum(shown);
  const lost = all.refused + all.failed;
  const requests = t("keys.requests", { count: all.requests, n: count(all.requests) });
  const money = spent(all, t("keys.unknownCost"));
  return (
    <div className="key-days">
      <Strip
        days={shown}
        drawn={bars(shown, TALL, DEEP)}
        label={t("keys.days.label", { name: of.name, requests, money })}
      />
      <p>
        <span className="text-ink-3">{t("keys.days.title")}</span>
        <span>
          <i data-kind="answered" aria-hidden="true" /> {requests}
        </span>
        {lost ? (
          <span>
            <i data-kind="lost" aria-hidden="true" /> {t("keys.days.lost", { n: count(lost) })}
          </span>
        ) : null}
        <span className="mono">
          {all.cost_usd ? <i data-kind="paid" aria-hidden="true" /> : null} {money}
        </span>
        <Button
          kind="bare"
          small
          aria-pressed={asTable}
          aria-label={t("keys.days.tableOf", { name: of.name })}
          onClick={() => setAsTable(!asTable)}
        >
          {t("keys.days.asTable")}
        </Button>
        <TracesOf of={of} />
      </p>
      {asTable ? <Table days={days} /> : null}
    </div>
  );
}

/** The way to the traces of a key's requests. */
export function TracesOf({ of }: { of: Key }) {
  const { t } = useTranslation("settings");
  return (
    <Link
      to="/traces"
      search={{ key: of.id }}
      className="link"
      aria-label={t("keys.tracesOf", { name: of.name })}
    >
      {t("keys.traces")}
    </Link>
  );
}

interface StripProps {
  days: readonly KeyDay[];
  drawn: readonly Bar[];
  label: string;
}

function Strip({ days, drawn, label }: StripProps) {
  const words = useWords();
  const width = days.length * WIDE;
  return (
    <svg
      viewBox={`0 0 ${width} ${TALL + DEEP + 2}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
      data-testid="key-days"
    >
      {days.map((one, at) => {
        const { answered, lost, paid } = drawn[at] ?? { answered: 0, lost: 0, paid: 0 };
        const place = { x: at * WIDE + 1, width: WIDE - 2 };
        return (
          <g key={one.day}>
            <title>{words(one)}</title>
            {/* So that a day without use says so too. */}
            <rect x={at * WIDE} width={WIDE} height={TALL + DEEP + 2} fill="transparent" />
            <rect {...place} y={TALL - lost - answered} height={answered} fill="var(--strata-1)" />
            <rect {...place} y={TALL - lost} height={lost} fill="var(--error)" />
            <rect {...place} y={TALL + 2} height={paid} fill="var(--strata-2)" />
          </g>
        );
      })}
      <path d={`M0 ${TALL + 1}H${width}`} stroke="var(--line-strong)" vectorEffect="non-scaling-stroke" />
    </svg>
  );
}

function useWords() {
  const { t, i18n } = useTranslation("settings");
  return ({ day: date, use }: KeyDay) =>
    [
      `${dayOf(date, i18n.language)}: ${t("keys.requests", { count: use.requests, n: count(use.requests) })}`,
      use.refused ? t("keys.refused", { count: use.refused, n: count(use.refused) }) : "",
      use.failed ? t("keys.failed", { count: use.failed, n: count(use.failed) }) : "",
      use.requests ? spent(use, t("keys.unknownCost")) : "",
    ]
      .filter(Boolean)
      .join(", ");
}

const dayOf = (date: string, language: string) =>
  day(new Date(`${date}T00:00:00`).getTime() / 1000, language);

function Table({ days }: { days: readonly KeyDay[] }) {
  const { t, i18n } = useTranslation("settings");
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">{t("keys.days.day")}</th>
          <th scope="col">{t("keys.days.requests")}</th>
          <th scope="col">{t("keys.days.refused")}</th>
          <th scope="col">{t("keys.days.failed")}</th>
          <th scope="col">{t("keys.days.cost")}</th>
        </tr>
      </thead>
      <tbody>
        {[...days].reverse().map(({ day: date, use }) => (
          <tr key={date}>
            <th scope="row">{dayOf(date, i18n.language)}</th>
            <td>{count(use.requests)}</td>
            <td>{count(use.refused)}</td>
            <td>{count(use.failed)}</td>
            <td>{spent(use, t("keys.unknownCost"))}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
