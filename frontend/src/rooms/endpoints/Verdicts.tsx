import { ChevronDown } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { ConfigFile, Verdict } from "../../api/types";
import { WithCode } from "../../ui/FindingCard";

const LEVELS = ["error", "warning", "note"] as const;
const LOOK = {
  error: { sign: "×", tone: "text-error" },
  warning: { sign: "!", tone: "text-warn" },
  note: { sign: "i", tone: "text-info" },
} as const;

interface VerdictCountsProps {
  config: ConfigFile;
  open: boolean;
  onToggle?: () => void;
}

/** The file in use and how many things there are to say about it. */
export function VerdictCounts({ config, open, onToggle }: VerdictCountsProps) {
  const { t } = useTranslation("endpoints");
  if (!config.file) return <p className="text-xs text-ink-3">{t("verdicts.noFile")}</p>;
  const counts = (
    <>
      <span className="mono" title={config.path ?? undefined}>
        {config.file}
      </span>
      {LEVELS.map((level) => {
        const count = config.verdicts.filter((verdict) => verdict.level === level).length;
        return (
          <span key={level}>
            <b className={count ? LOOK[level].tone : "text-ink-3"}>{count}</b>{" "}
            {t(`verdicts.${level}`, { count })}
          </span>
        );
      })}
    </>
  );
  if (!onToggle || config.verdicts.length === 0) return <p className="ep-counts">{counts}</p>;
  return (
    <button type="button" className="ep-counts" aria-expanded={open} onClick={onToggle}>
      {counts}
      <ChevronDown size={14} className={open ? "rotate-180" : ""} aria-hidden="true" />
    </button>
  );
}

/** What the check says, line by line, gravest first. */
export function Verdicts({ config, counted = false }: { config: ConfigFile; counted?: boolean }) {
  const { t } = useTranslation("endpoints");
  const ordered = [...config.verdicts].sort(
    (a, b) => LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level) || a.line - b.line || a.column - b.column,
  );
  return (
    <section className="ep-verdicts" aria-label={t("verdicts.title")}>
      <h2>
        {t("verdicts.title")} <small>{t("verdicts.small")}</small>
      </h2>
      {counted ? <VerdictCounts config={config} open /> : null}
      <ul>
        {ordered.map((verdict, at) => (
          <VerdictRow key={at} verdict={verdict} file={config.file ?? ""} />
        ))}
      </ul>
    </section>
  );
}

function VerdictRow({ verdict, file }: { verdict: Verdict; file: string }) {
  const { t } = useTranslation("endpoints");
  const { sign, tone } = LOOK[verdict.level];
  return (
    <li data-level={verdict.level}>
      <i className={`mono ${tone}`} aria-hidden="true">
        {sign}
      </i>
      <div className="min-w-0">
        <p className="flex flex-wrap items-baseline gap-x-2">
          <span className="loc">
            {file}:{verdict.line}:{verdict.column}
          </span>
          <span className={tone}>{t(`verdicts.${verdict.level}`, { count: 1 })}</span>
          <code className="text-ink-3">{verdict.code}</code>
        </p>
        <p className="break-words">
          <WithCode text={verdict.message} />
        </p>
      </div>
    </li>
  );
}
