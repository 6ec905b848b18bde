import { Plus, X } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Button } from "../../ui/Button";
import { IconButton } from "../../ui/IconButton";
import { Heading } from "../Section";
import type { Fault, Row } from "./draft";

interface ParameterProps {
  rows: Row[];
  onRows: (rows: Row[]) => void;
  faults: Fault[];
}

/** Every parameter of the body, by name and JSON value. */
export function ParameterFields({ rows, onRows, faults }: ParameterProps) {
  const { t } = useTranslation("inspector");
  const put = (index: number, change: Partial<Row>) =>
    onRows(rows.map((row, at) => (at === index ? { ...row, ...change } : row)));
  return (
    <section aria-label={t("section.parameters")}>
      <Heading title={t("section.parameters")} small={t("replay.asJson")} />
      <ul className="grid gap-1.5">
        {rows.map((row, index) => {
          const fault = faults.find((one) => one.at === "parameter" && one.index === index);
          return (
            <li key={index}>
              <div className="insp-pfield">
                <input
                  className="field mono"
                  aria-label={t("replay.name")}
                  value={row.name}
                  spellCheck={false}
                  onChange={(event) => put(index, { name: event.target.value })}
                />
                <input
                  className="field mono"
                  aria-label={t("replay.value", { name: row.name })}
                  aria-invalid={fault ? true : undefined}
                  value={row.text}
                  spellCheck={false}
                  onChange={(event) => put(index, { text: event.target.value })}
                  data-testid={`replay-value-${row.name}`}
                />
                <IconButton
                  small
                  label={t("replay.remove", { name: row.name })}
                  onClick={() => onRows(rows.filter((_, at) => at !== index))}
                >
                  <X size={14} />
                </IconButton>
              </div>
              {fault ? <p className="text-xs text-error">{t(`replay.fault.${fault.kind}`)}</p> : null}
            </li>
          );
        })}
      </ul>
      <Button
        small
        kind="bare"
        className="mt-1.5"
        onClick={() => onRows([...rows, { name: "", text: "" }])}
        data-testid="replay-add"
      >
        <Plus size={14} aria-hidden="true" />
        {t("replay.addParameter")}
      </Button>
    </section>
  );
}
