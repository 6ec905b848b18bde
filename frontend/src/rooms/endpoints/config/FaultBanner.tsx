import { OctagonX, TriangleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { ConfigFile } from "../../../api/types";
import { clock } from "../../../format";
import { Button } from "../../../ui/Button";
import { firstLine } from "./verdicts";

interface FaultBannerProps {
  config: ConfigFile;
  onChoose: (line: number) => void;
}

/** Says that the file as it stands is not what runs, what runs instead, and what waits for a restart. */
export function FaultBanner({ config, onChoose }: FaultBannerProps) {
  const { t } = useTranslation("config");
  const { fault, fault_since, since, needs_restart } = config.runs;
  const line = fault && fault !== "gone" ? firstLine(config.verdicts) : null;
  return (
    <div role="status">
      {fault ? (
        <section className="cf-banner" data-tone="error" data-testid="config-fault">
          <OctagonX size={20} strokeWidth={1.75} className="text-error" aria-hidden="true" />
          <div>
            <h3>{t(`fault.${fault}`, { file: config.file, time: clock(fault_since ?? 0) })}</h3>
            <p>
              {since ? t("fault.lastGood", { time: clock(since) }) : t("fault.nothing")}{" "}
              {t(`fault.${fault}Fix`)}
            </p>
          </div>
          {line ? (
            <Button small onClick={() => onChoose(line)}>
              {t("fault.line", { line })}
            </Button>
          ) : null}
        </section>
      ) : null}
      {needs_restart.length > 0 ? (
        <section className="cf-banner" data-tone="warn">
          <TriangleAlert size={20} strokeWidth={1.75} className="text-warn" aria-hidden="true" />
          <div>
            <h3>{t("restart.title")}</h3>
            <p>{t("restart.what", { settings: needs_restart.join(", ") })}</p>
          </div>
        </section>
      ) : null}
    </div>
  );
}
