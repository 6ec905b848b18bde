import { useTranslation } from "react-i18next";
import { count } from "../../../format";
import type { Group } from "../api";
import type { Item } from "./items";

interface MoreRowProps {
  item: Extract<Item, { kind: "more" }>;
  current: boolean;
  columns: number;
  onWhole: (group: Group) => void;
}

/** What stands where a group's further traces would: a way to all of them, or why there are none yet. */
export function MoreRow({ item, current, columns, onWhole }: MoreRowProps) {
  const { t } = useTranslation("traces");
  return (
    <tr
      className="tr-more"
      data-id={item.id}
      data-inside
      tabIndex={current ? 0 : -1}
      onKeyDown={(event) => {
        if (event.key === "Enter" && event.target === event.currentTarget) onWhole(item.group);
      }}
    >
      <td colSpan={columns}>
        {item.state === "loading" ? (
          <span className="text-ink-3">{t("group.loading")}</span>
        ) : (
          <button type="button" className="link" tabIndex={-1} onClick={() => onWhole(item.group)}>
            {t(item.state === "failed" ? "group.failed" : "group.whole", {
              count: item.group.count,
              figure: count(item.group.count),
            })}
          </button>
        )}
      </td>
    </tr>
  );
}
