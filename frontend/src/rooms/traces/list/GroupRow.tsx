import { ChevronDown, ChevronRight } from "lucide-react";
import { useTranslation } from "react-i18next";
import { clock, count, money } from "../../../format";
import { ModelName } from "../../../inspector/ModelName";
import type { Group, Grouping } from "../api";

interface GroupRowProps {
  group: Group;
  by: Grouping;
  open: boolean;
  current: boolean;
  columns: number;
  onToggle: (id: string) => void;
}

/** A group in one line; Enter or a press shows its traces below it. */
export function GroupRow({ group, by, open, current, columns, onToggle }: GroupRowProps) {
  const Caret = open ? ChevronDown : ChevronRight;
  return (
    <tr
      className="tr-group"
      data-testid="trace-group"
      data-id={`group ${group.id}`}
      tabIndex={current ? 0 : -1}
      onClick={() => onToggle(group.id)}
      onKeyDown={(event) => {
        if (event.key === "Enter" && event.target === event.currentTarget) onToggle(group.id);
      }}
    >
      <td colSpan={columns}>
        <div className="tr-group-line">
          <button type="button" className="tr-group-title" aria-expanded={open} tabIndex={-1}>
            <Caret size={14} strokeWidth={1.75} className="text-ink-3" aria-hidden="true" />
            <span className="cut font-strong">
              <GroupTitle group={group} by={by} />
            </span>
          </button>
          <GroupFigures group={group} />
          <GroupTimes group={group} />
        </div>
      </td>
    </tr>
  );
}

export function GroupTitle({ group, by }: { group: Group; by: Grouping }) {
  const { t } = useTranslation("traces");
  if (group.title === "" && group.id === "")
    return <span className="text-ink-3">{t(`group.none.${by}`)}</span>;
  if (by === "model") return <ModelName id={group.title || group.id} />;
  return group.title || group.id;
}

function GroupFigures({ group }: { group: Group }) {
  const { t } = useTranslation("traces");
  return (
    <>
      <span>{t("group.traces", { count: group.count, figure: count(group.count) })}</span>
      <span className={group.failed ? "text-error" : "text-ink-3"}>
        {group.failed ? t("failedCount", { count: group.failed }) : t("group.noneFailed")}
      </span>
      <span className="mono text-right">
        {count(group.input_tokens)} → {count(group.output_tokens)} tok
      </span>
      <span className="mono text-right">
        {group.unpriced === group.count ? (
          <span className="font-sans text-ink-3">{t("unknownPrice")}</span>
        ) : (
          money(group.cost_usd)
        )}
        {group.unpriced && group.unpriced < group.count ? (
          <span className="font-sans text-ink-3"> {t("group.unpriced", { count: group.unpriced })}</span>
        ) : null}
      </span>
    </>
  );
}

/** From when until when, with the day where they are not the same. */
function GroupTimes({ group }: { group: Group }) {
  const { i18n } = useTranslation("traces");
  const day = (at: number) =>
    new Intl.DateTimeFormat(i18n.language, { day: "numeric", month: "short" }).format(at * 1000);
  const [first, last] = [day(group.first_at), day(group.last_at)];
  const time = (at: number) => clock(at).slice(0, 5);
  const one = `${first} ${time(group.first_at)}`;
  const other = `${first === last ? "" : `${last} `}${time(group.last_at)}`;
  return (
    <span className="mono cut text-right text-ink-3">{one.endsWith(other) ? one : `${one} – ${other}`}</span>
  );
}
