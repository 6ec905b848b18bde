import { useTranslation } from "react-i18next";
import type { ConfigFile, Verdict } from "../../api/types";
import { WithCode } from "../../ui/FindingCard";
import { useSaid } from "./config/said";
import { VerdictCard } from "./config/VerdictCard";
import { LEVELS, SIGN, TONE } from "./config/verdicts";

interface VerdictsProps {
  config: ConfigFile;
  /** The line that is looked at: what is said of it is told in full. */
  current: number | null;
  onChoose: (line: number | null) => void;
}

/** What the check says as a list, gravest first: on a phone, and where there is no text to show it in. */
export function Verdicts({ config, current, onChoose }: VerdictsProps) {
  const { t } = useTranslation("endpoints");
  const ordered = [...config.verdicts].sort(
    (a, b) => LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level) || a.line - b.line || a.column - b.column,
  );
  return (
    <section className="ep-verdicts" aria-label={t("verdicts.title")}>
      <ul>
        {ordered.map((verdict, at) => (
          <Row
            key={at}
            verdict={verdict}
            config={config}
            open={verdict.line === current}
            onToggle={() => onChoose(verdict.line === current ? null : verdict.line)}
          />
        ))}
      </ul>
    </section>
  );
}

interface RowProps {
  verdict: Verdict;
  config: ConfigFile;
  open: boolean;
  onToggle: () => void;
}

function Row({ verdict, config, open, onToggle }: RowProps) {
  const { t } = useTranslation("config");
  const { of, titled } = useSaid();
  const code = config.codes[verdict.code];
  const tone = TONE[verdict.level];
  return (
    <li data-level={verdict.level} data-open={open || undefined}>
      <button type="button" aria-expanded={open} onClick={onToggle} data-testid="verdict-row">
        <i className={`mono ${tone}`} aria-hidden="true">
          {SIGN[verdict.level]}
        </i>
        <span className="min-w-0">
          <span className="loc">
            {config.file}:{verdict.line}
          </span>{" "}
          <span className={tone}>{t(`level.${verdict.level}`)}</span>
          {titled && !open ? <span className="block">{of(verdict.code, code).title}</span> : null}
          {open ? null : (
            <span className="ep-said" lang="en">
              <WithCode text={verdict.message} />
            </span>
          )}
        </span>
      </button>
      {open ? <VerdictCard verdict={verdict} code={code} /> : null}
    </li>
  );
}
