import { Link } from "@tanstack/react-router";
import { MoreHorizontal, Pencil, Trash2 } from "lucide-react";
import { memo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Conversation } from "../../../api/types";
import { showPart } from "../../../app/page-state";
import { remove, rename } from "../../../core/store";
import { Confirm } from "../../../ui/Confirm";
import { IconButton } from "../../../ui/IconButton";
import { Menu, MenuItem } from "../../../ui/Menu";
import { TitleEditor } from "./TitleEditor";

interface ConversationRowProps {
  conversation: Conversation;
  here: boolean;
  /** It has been deleted. */
  onGone: () => void;
}

export const ConversationRow = memo(function ConversationRow({
  conversation,
  here,
  onGone,
}: ConversationRowProps) {
  const { t } = useTranslation("chat");
  const [editing, setEditing] = useState(false);
  const [asking, setAsking] = useState(false);
  const { id, title, live } = conversation;
  if (editing)
    return (
      <li>
        <TitleEditor
          title={title}
          onDone={(next) => {
            setEditing(false);
            if (next) void rename(id, next);
          }}
        />
      </li>
    );
  return (
    <li className="conversation" data-here={here} data-testid="conversation-item" data-conversation-id={id}>
      <Link
        to="/chat/$conversationId"
        params={{ conversationId: id }}
        aria-current={here ? "page" : undefined}
        onClick={() => showPart("drawer", false)}
        onDoubleClick={() => setEditing(true)}
        onKeyDown={(event) => event.key === "F2" && setEditing(true)}
      >
        <span className="cut flex-1">{title}</span>
        {live ? (
          <>
            <span className="dot beat text-vein" aria-hidden="true" />
            <span className="sr-only">{t("list.live")}</span>
          </>
        ) : null}
      </Link>
      <Menu
        align="end"
        trigger={
          <IconButton small label={t("list.more", { title })}>
            <MoreHorizontal size={14} />
          </IconButton>
        }
      >
        <MenuItem icon={<Pencil size={14} />} hint="F2" onSelect={() => setEditing(true)}>
          {t("list.rename")}
        </MenuItem>
        <MenuItem icon={<Trash2 size={14} />} tone="error" onSelect={() => setAsking(true)}>
          {t("list.delete")}
        </MenuItem>
      </Menu>
      <Confirm
        open={asking}
        onOpenChange={setAsking}
        title={t("delete.title")}
        body={t("delete.body", { title })}
        action={t("delete.action")}
        onConfirm={() => void remove(id).then(onGone)}
      />
    </li>
  );
});
