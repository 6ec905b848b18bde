import { FileText } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { ConfigFile } from "../../api/types";

interface ConfigCardProps {
  config: ConfigFile;
  chosen: boolean;
  onChoose: () => void;
}

/** The file in use and how many things there are to say about it: the way to the file itself. */
export function ConfigCard({ config, chosen, onChoose }: ConfigCardProps) {
  const { t } = useTranslation("endpoints");
  const { error, warning, note } = config.counts;
  const clean = error + warning + note === 0;
  return (
    <button
      type="button"
      className="ep-card ep-file"
      data-testid="config-card"
      aria-current={chosen || undefined}
      title={config.path ?? undefined}
      onClick={onChoose}
    >
      <span className="flex items-center gap-2">
        <FileText size={14} strokeWidth={1.75} className="text-ink-3" aria-hidden="true" />
        <b className={config.file ? "mono cut" : "cut"}>{config.file ?? t("verdicts.none")}</b>
        <span className="flex-1" />
        {config.runs.fault ? <span className="text-error">{t(`verdicts.${config.runs.fault}`)}</span> : null}
      </span>
      <small>
        {config.file === null ? (
          t("verdicts.noFile")
        ) : clean ? (
          t("verdicts.clean")
        ) : (
          <>
            <span className={error ? "text-error" : ""}>{t("verdicts.error", { count: error })}</span>
            {" · "}
            <span className={warning ? "text-warn" : ""}>{t("verdicts.warning", { count: warning })}</span>
            {" · "}
            <span className={note ? "text-info" : ""}>{t("verdicts.note", { count: note })}</span>
          </>
        )}
      </small>
    </button>
  );
}
