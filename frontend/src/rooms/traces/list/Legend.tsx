import { useTranslation } from "react-i18next";
import { STRATUM } from "../../../inspector/phases";

const KINDS = ["queue", "connect", "waiting", "reasoning", "content", "failed"] as const;

/** The key to the waterfall, and the keys that walk it. */
export function Legend() {
  const { t } = useTranslation("traces");
  const { t: phase } = useTranslation("inspector");
  return (
    <footer className="tr-legend">
      {KINDS.map((kind) => (
        <span key={kind}>
          <i className="sw" data-s={STRATUM[kind]} />
          {kind === "queue" ? t("queueOrEarlier") : phase(`phase.${kind}`)}
        </span>
      ))}
      <span className="flex-1" />
      <span>
        <kbd>↑</kbd> <kbd>↓</kbd> {t("walk")}
      </span>
      <span>
        <kbd>Enter</kbd> {t("inspect")}
      </span>
      <span>
        <kbd>Esc</kbd> {t("closeKey")}
      </span>
      <span>
        <kbd>F</kbd> {t("filterKey")}
      </span>
      <span>
        <kbd>P</kbd> {t("pauseKey")}
      </span>
    </footer>
  );
}
