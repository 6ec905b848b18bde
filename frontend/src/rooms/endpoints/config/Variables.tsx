import { useTranslation } from "react-i18next";
import type { ConfigVariable } from "../../../api/types";
import { CopyButton } from "../../../ui/CopyButton";

const LOOK = {
  set: { mark: "dot", tone: "text-ok" },
  empty: { mark: "dot ring", tone: "text-warn" },
  unset: { mark: "dot ring", tone: "text-warn" },
  withheld: { mark: "dot sq", tone: "text-error" },
} as const;

interface VariablesProps {
  variables: ConfigVariable[];
  onChoose: (line: number) => void;
}

/** The variables that the file names: whether each is set and where it comes from. Never what it holds. */
export function Variables({ variables, onChoose }: VariablesProps) {
  const { t } = useTranslation("config");
  if (variables.length === 0) return null;
  return (
    <section className="cf-variables" aria-labelledby="cf-variables">
      <h3 id="cf-variables">
        {t("variables.title")} <small>{t("variables.small")}</small>
      </h3>
      <table>
        <thead>
          <tr>
            <th scope="col">{t("variables.name")}</th>
            <th scope="col">{t("variables.state")}</th>
            <th scope="col">{t("variables.from")}</th>
            <th scope="col">{t("variables.lines")}</th>
          </tr>
        </thead>
        <tbody>
          {variables.map((variable) => (
            <tr key={variable.name} data-testid="config-variable">
              <th scope="row" className="mono">
                {variable.name}
              </th>
              <td className={LOOK[variable.state].tone}>
                <span className={`${LOOK[variable.state].mark} mr-1.5`} aria-hidden="true" />
                {t(`variables.${variable.state}`)}
              </td>
              <td>
                <Origin variable={variable} />
              </td>
              <td>
                {variable.lines.map((line) => (
                  <button key={line} type="button" className="loc mr-2" onClick={() => onChoose(line)}>
                    {line}
                  </button>
                ))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Origin({ variable }: { variable: ConfigVariable }) {
  const { t } = useTranslation("config");
  if (variable.state === "withheld") return t("variables.withheldWhy");
  if (variable.state === "unset")
    return (
      <span className="inline-flex items-center gap-1 text-ink-2">
        {t("variables.setIt")} <code>.env</code>
        <CopyButton text={`${variable.name}=`} label={t("variables.copyLine", { name: variable.name })} />
      </span>
    );
  return (
    <>
      {variable.place ? <span className="mono">{variable.place}</span> : t("variables.process")}
      {variable.passed_over ? (
        <span className="text-ink-3"> · {t("variables.passedOver", { place: variable.passed_over })}</span>
      ) : null}
    </>
  );
}
