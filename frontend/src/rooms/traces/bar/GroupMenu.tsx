import { Check, ChevronDown } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Button } from "../../../ui/Button";
import { Menu, MenuItem } from "../../../ui/Menu";
import { GROUPINGS, type Grouping } from "../api";

interface GroupMenuProps {
  by: Grouping | undefined;
  onBy: (by: Grouping | undefined) => void;
}

/** What the list is grouped by; in time order there are no groups. */
export function GroupMenu({ by, onBy }: GroupMenuProps) {
  const { t } = useTranslation("traces");
  return (
    <Menu
      trigger={
        <Button className="h-8!">
          <span className="text-ink-3">{t("group.by")}</span>
          <b>{t(`group.${by ?? "time"}`)}</b>
          <ChevronDown size={14} strokeWidth={1.75} className="text-ink-3" aria-hidden="true" />
        </Button>
      }
    >
      {[undefined, ...GROUPINGS].map((each) => (
        <MenuItem
          key={each ?? "time"}
          icon={
            each === by ? (
              <Check size={14} aria-hidden="true" />
            ) : (
              <span className="w-3.5" aria-hidden="true" />
            )
          }
          onSelect={() => onBy(each)}
        >
          {t(`group.${each ?? "time"}`)}
          {each === by ? <span className="sr-only"> {t("group.chosen")}</span> : null}
        </MenuItem>
      ))}
    </Menu>
  );
}
