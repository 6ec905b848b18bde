import { useTranslation } from "react-i18next";
import type { ConfigFile } from "../../../api/types";
import { CopyButton } from "../../../ui/CopyButton";

const EXAMPLE = `version: "1.3.13"
endpoints:
  custom:
    - name: DeepSeek
      apiKey: "\${DEEPSEEK_API_KEY}"
      baseURL: https://api.deepseek.com/v1
      models:
        default: [deepseek-chat]
        fetch: true
    - name: Ollama
      apiKey: ollama
      baseURL: http://localhost:11434/v1
      models:
        default: [qwen3]
        fetch: true
`;

/** Where a file would be looked for, and one to begin with. It is taken up as soon as it is there. */
export function NoFile({ config }: { config: ConfigFile }) {
  const { t } = useTranslation("config");
  return (
    <div className="cf-none" data-testid="config-none">
      <h3>{t("none.title")}</h3>
      <p>{t("none.what")}</p>
      <h4>{t("none.places")}</h4>
      <ol>
        {config.looked_for.map((path) => (
          <li key={path}>
            <code>{path}</code>
            <CopyButton text={path} label={t("none.copyPath")} />
          </li>
        ))}
      </ol>
      <h4>
        {t("none.example")}
        <CopyButton text={EXAMPLE} word={t("none.copy")} />
      </h4>
      <pre className="cf-sample">{EXAMPLE}</pre>
      <p className="text-ink-2">{t("none.secrets")}</p>
    </div>
  );
}
