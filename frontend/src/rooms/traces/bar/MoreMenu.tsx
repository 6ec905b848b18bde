import { Database, Ellipsis, Trash2 } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { count } from "../../../format";
import { Button } from "../../../ui/Button";
import { Confirm } from "../../../ui/Confirm";
import { Menu, MenuItem } from "../../../ui/Menu";
import { DeleteFailed } from "../keeping/DeleteFailed";
import { useDeleteShown } from "../keeping/deleting";
import { KeepingDialog } from "../keeping/Keeping";

interface MoreMenuProps {
  q: string;
  total: number;
  atLeast: boolean;
  /** Further entries. */
  children?: ReactNode;
}

/** What is seldom done: how long traces are kept, and deleting those that are shown. */
export function MoreMenu({ q, total, atLeast, children }: MoreMenuProps) {
  const { t } = useTranslation("traces");
  const [keeping, setKeeping] = useState(false);
  const [asking, setAsking] = useState(false);
  const remove = useDeleteShown();
  const figure = atLeast ? t("atLeast", { count: count(total) }) : count(total);
  return (
    <>
      <Menu
        align="end"
        trigger={
          <Button kind="bare" className="ic h-8! w-8!" aria-label={t("more")} title={t("more")}>
            <Ellipsis size={16} strokeWidth={1.75} aria-hidden="true" />
          </Button>
        }
      >
        {children}
        <MenuItem
          icon={<Database size={14} strokeWidth={1.75} aria-hidden="true" />}
          onSelect={() => setKeeping(true)}
        >
          {t("keeping.title")}
        </MenuItem>
        <MenuItem
          tone="error"
          disabled={total === 0}
          icon={<Trash2 size={14} strokeWidth={1.75} aria-hidden="true" />}
          onSelect={() => setAsking(true)}
        >
          {t(q ? "deleteShown" : "deleteAll", { count: total, figure })}
        </MenuItem>
      </Menu>
      <KeepingDialog open={keeping} onOpenChange={setKeeping} />
      <Confirm
        open={asking}
        onOpenChange={setAsking}
        title={t(q ? "deleteShown" : "deleteAll", { count: total, figure })}
        body={t(q ? "deleteShownBody" : "deleteAllBody", { q })}
        action={t("delete")}
        onConfirm={() => remove.mutate(q)}
      />
      <DeleteFailed error={remove.error} onEnd={() => remove.reset()} />
    </>
  );
}
