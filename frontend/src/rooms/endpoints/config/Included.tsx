import { FileText } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ConfigFile, Endpoint } from "../../../api/types";
import { Verdicts } from "../Verdicts";
import { CodeView } from "./CodeView";
import { firstLine, type Level } from "./verdicts";

interface IncludedProps {
  config: ConfigFile;
  endpoints: Endpoint[];
  level: Level | null;
  inline: boolean;
}

/** The file that the configuration includes, with what is said of its lines. */
export function Included({ config, endpoints, level, inline }: IncludedProps) {
  const { t } = useTranslation("config");
  const { included } = config;
  const [line, setLine] = useState(() => (included ? firstLine(included.verdicts) : null));
  if (!included) return null;
  const shown = {
    ...config,
    ...included,
    verdicts: included.verdicts.filter((verdict) => level === null || verdict.level === level),
  };
  return (
    <section className="cf-included" aria-labelledby="cf-included" data-testid="config-included">
      <header className="cf-head">
        <h3 id="cf-included" className="mono" title={included.path}>
          <FileText size={16} strokeWidth={1.75} className="text-ink-3" aria-hidden="true" />
          {included.file}
        </h3>
        <span className="text-xs text-ink-3">{t("included")}</span>
      </header>
      {inline || shown.verdicts.length === 0 ? null : (
        <Verdicts config={shown} current={line} onChoose={setLine} />
      )}
      <CodeView
        config={shown}
        endpoints={endpoints}
        level={level}
        current={line}
        onChoose={setLine}
        inline={inline}
      />
    </section>
  );
}
