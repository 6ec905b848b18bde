import { useTranslation } from "react-i18next";
import { count, duration, money, rate } from "../../format";
import { asJson } from "../decisions";
import { Visible } from "../Visible";
import type { ComparedParameter, Difference, Figure } from "./api";

const LONGEST = 160;

function short(value: unknown): string {
  const text = asJson(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

/** Figures side by side, with how much less or more. */
export function Figures({ figures }: { figures: Figure[] }) {
  const { t } = useTranslation("inspector");
  return (
    <table className="insp-table insp-compared">
      <thead>
        <tr>
          <th>{t("compare.figureHead")}</th>
          <th className="r">{t("compare.before")}</th>
          <th className="r">{t("compare.after")}</th>
          <th className="r">{t("compare.difference")}</th>
        </tr>
      </thead>
      <tbody>
        {figures.map((figure) => (
          <tr key={figure.name}>
            <td>{t(`compare.figure.${figure.name}`, { defaultValue: figure.name })}</td>
            <td className="m r">{written(figure.before, figure.unit, t("unknown"))}</td>
            <td className="m r">{written(figure.after, figure.unit, t("unknown"))}</td>
            <td className="m r text-ink-3">{signed(figure)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function written(value: number | string | null | undefined, unit: Figure["unit"], unknown: string): string {
  if (value === null || value === undefined) return unknown;
  if (typeof value === "string") return value;
  switch (unit) {
    case "seconds":
      return duration(value);
    case "usd":
      return money(value);
    case "tokens_per_second":
      return rate(value);
    default:
      return count(value);
  }
}

function signed({ name, difference, before, unit }: Figure): string {
  // A status is a number, but no quantity.
  if (typeof difference !== "number" || name === "status") return "";
  if (difference === 0) return "±0";
  const size = written(Math.abs(difference), unit, "");
  const sign = difference > 0 ? "+" : "−";
  const part = typeof before === "number" && before > 0 ? ` (${sign}${relative(difference, before)})` : "";
  return `${sign}${size}${part}`;
}

function relative(difference: number, before: number): string {
  const percent = Math.abs(difference / before) * 100;
  return `${percent >= 10 ? percent.toFixed(0) : percent.toFixed(1)}%`;
}

export function Parameters({ parameters }: { parameters: ComparedParameter[] }) {
  const { t } = useTranslation("inspector");
  if (parameters.length === 0) return <p className="text-ink-2">{t("compare.sameParameters")}</p>;
  return (
    <table className="insp-table insp-compared" data-testid="compare-parameters">
      <thead>
        <tr>
          <th>{t("parameters.name")}</th>
          <th>{t("compare.before")}</th>
          <th>{t("compare.after")}</th>
        </tr>
      </thead>
      <tbody>
        {parameters.map(({ name, before, after, same }) => (
          <tr key={name} data-same={same || undefined}>
            <td className="m">
              <Visible text={name} />
            </td>
            <SideCell side={before} />
            <SideCell side={after} />
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function SideCell({ side }: { side: ComparedParameter["before"] }) {
  const { t } = useTranslation("inspector");
  const decided = side.decision ? t(`decision.${side.decision}`, { defaultValue: side.decision }) : null;
  return (
    <td className="m">
      {side.sent ? (
        <Visible text={short(side.value)} />
      ) : (
        <span className="font-sans text-ink-3">{t("parameters.notSent")}</span>
      )}
      {decided && side.decision !== "kept" ? (
        <span className="font-sans text-ink-3"> · {decided}</span>
      ) : null}
    </td>
  );
}

const SIGN = { added: "+", removed: "−", changed: "~" } as const;
const LOOK = { added: "added", removed: "dropped", changed: "changed" } as const;

/** Each place at which two bodies differ: its path, and the value on both sides. */
export function Differences({ differences }: { differences: Difference[] }) {
  const { t } = useTranslation("inspector");
  if (differences.length === 0) return <p className="text-ink-2">{t("compare.sameRequest")}</p>;
  return (
    <ul className="js diff" dir="ltr" lang="und" data-testid="differences">
      {differences.map((one) => (
        <li key={`${one.kind} ${one.path}`} className="js-line" data-sign={LOOK[one.kind]}>
          <i>
            <span aria-hidden="true">{SIGN[one.kind]}</span>
            <span className="sr-only">{t(`diff.${LOOK[one.kind]}`)}</span>
          </i>
          <span className="plain">
            <span className="js-key">
              <Visible text={one.path || "$"} />
            </span>
            {": "}
            {one.kind === "added" ? null : (
              <del>
                <Visible text={short(one.before) || "null"} />
              </del>
            )}
            {one.kind === "changed" ? " → " : null}
            {one.kind === "removed" ? null : (
              <span>
                <Visible text={short(one.after) || "null"} />
              </span>
            )}
          </span>
        </li>
      ))}
    </ul>
  );
}
