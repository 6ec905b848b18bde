import { ArrowDown, ArrowUp, Columns3 } from "lucide-react";
import type { KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../../../ui/Button";
import { IconButton } from "../../../ui/IconButton";
import { Popover } from "../../../ui/Popover";
import { COLUMN_NAMES, type ColumnName, moved, SHOWN_FIRST, toggled } from "../list/columns";

interface ColumnsButtonProps {
  shown: readonly ColumnName[];
  onShown: (shown: ColumnName[]) => void;
}

/** Which columns stand in the list, and in what order. */
export function ColumnsButton({ shown, onShown }: ColumnsButtonProps) {
  const { t } = useTranslation("traces");
  const hidden = COLUMN_NAMES.filter((name) => !shown.includes(name));
  return (
    <Popover
      label={t("columns.label")}
      align="end"
      className="tr-columns"
      trigger={
        <Button className="h-8!" aria-label={t("columns.button")}>
          <Columns3 size={16} strokeWidth={1.75} aria-hidden="true" />
          <span className="tr-word">{t("columns.button")}</span>
        </Button>
      }
    >
      <ul>
        {[...shown, ...hidden].map((name) => (
          <Entry key={name} name={name} shown={shown} onShown={onShown} />
        ))}
      </ul>
      <footer>
        <span className="text-ink-3">{t("columns.hint")}</span>
        <Button small onClick={() => onShown([...SHOWN_FIRST])}>
          {t("columns.reset")}
        </Button>
      </footer>
    </Popover>
  );
}

function Entry({ name, shown, onShown }: ColumnsButtonProps & { name: ColumnName }) {
  const { t } = useTranslation("traces");
  const at = shown.indexOf(name);
  const word = t(`columnLong.${name}`);
  const up = moved(shown, name, -1);
  const down = moved(shown, name, 1);
  const same = (other: readonly ColumnName[]) => other.join() === shown.join();
  const pressed = (event: KeyboardEvent) => {
    if (!event.altKey || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
    event.preventDefault();
    event.stopPropagation();
    onShown(event.key === "ArrowUp" ? up : down);
  };
  return (
    <li>
      <label onKeyDown={pressed}>
        <input type="checkbox" checked={at >= 0} onChange={() => onShown(toggled(shown, name))} />
        {word}
      </label>
      {at >= 0 ? (
        <>
          <IconButton
            small
            label={t("columns.earlier", { column: word })}
            disabled={same(up)}
            onClick={() => onShown(up)}
          >
            <ArrowUp size={14} />
          </IconButton>
          <IconButton
            small
            label={t("columns.later", { column: word })}
            disabled={same(down)}
            onClick={() => onShown(down)}
          >
            <ArrowDown size={14} />
          </IconButton>
        </>
      ) : null}
    </li>
  );
}
