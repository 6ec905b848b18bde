import { Link, useNavigate } from "@tanstack/react-router";
import { ClipboardCopy, MoreHorizontal, PanelLeft, PanelRight, Pencil, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Preset } from "../../api/types";
import { keysOf } from "../../app/keys";
import { PhoneBar } from "../../app/PhoneBar";
import { showPart, toggleList, useLayout, usePage } from "../../app/page-state";
import { remove, rename, useStore } from "../../core/store";
import { activePath } from "../../core/tree";
import { Confirm } from "../../ui/Confirm";
import { copyText } from "../../ui/CopyButton";
import { IconButton } from "../../ui/IconButton";
import { Menu, MenuItem } from "../../ui/Menu";
import { TitleEditor } from "./list/TitleEditor";
import { Monogram } from "./picker/Monogram";

interface ChatBarProps {
  id: string;
  title: string;
  phone: boolean;
  listHidden: boolean;
  model: string | null;
  preset: Preset | undefined;
  inspecting: boolean;
  onInspect: () => void;
}

export function ChatBar(props: ChatBarProps) {
  const { id, title, phone, listHidden, model, preset, inspecting, onInspect } = props;
  const { t } = useTranslation("chat");
  const [editing, setEditing] = useState(false);
  const layout = useLayout();
  if (phone)
    return (
      <PhoneBar
        title={title}
        sub={
          preset ? (
            <p className="cut text-xs text-ink-2 leading-[15px]">{preset.label}</p>
          ) : model ? (
            <p className="mono cut text-ink-3 leading-[15px]">{model}</p>
          ) : null
        }
        action={
          <Link to="/" className="btn bare ic" aria-label={t("list.new")} data-testid="new-chat">
            <Plus size={20} strokeWidth={1.75} />
          </Link>
        }
      />
    );
  // The list is a drawer where it has no column; else the button brings its column back.
  const openList = () => {
    if (layout === "tablet" || usePage.getState().list) showPart("drawer", true);
    else toggleList();
  };
  return (
    <header className="bar">
      {listHidden ? (
        <IconButton label={t("list.label")} keys={keysOf("list")} className="-ml-2" onClick={openList}>
          <PanelLeft size={16} strokeWidth={1.75} />
        </IconButton>
      ) : null}
      {editing ? (
        <div className="w-[360px] max-w-full">
          <TitleEditor
            title={title}
            onDone={(next) => {
              setEditing(false);
              if (next) void rename(id, next);
            }}
          />
        </div>
      ) : (
        <h1 className="cut" title={title}>
          {title}
        </h1>
      )}
      {preset && !editing ? (
        <span className="bar-preset" data-testid="bar-preset" title={preset.target ?? undefined}>
          {preset.icon_in_header ? <Monogram preset={preset} /> : null}
          <span className="cut">{preset.label}</span>
        </span>
      ) : null}
      <span className="flex-1" />
      {id ? <MoreMenu id={id} title={title} onRename={() => setEditing(true)} /> : null}
      {id ? (
        <IconButton
          kind="line"
          label={t("inspector")}
          keys={keysOf("inspector")}
          aria-pressed={inspecting}
          onClick={onInspect}
        >
          <PanelRight size={16} strokeWidth={1.75} />
        </IconButton>
      ) : null}
    </header>
  );
}

function MoreMenu({ id, title, onRename }: { id: string; title: string; onRename: () => void }) {
  const { t } = useTranslation("chat");
  const [asking, setAsking] = useState(false);
  const navigate = useNavigate();
  return (
    <>
      <Menu
        align="end"
        trigger={
          <IconButton label={t("bar.more")}>
            <MoreHorizontal size={16} strokeWidth={1.75} />
          </IconButton>
        }
      >
        <MenuItem icon={<Pencil size={14} />} onSelect={onRename}>
          {t("list.rename")}
        </MenuItem>
        <MenuItem icon={<ClipboardCopy size={14} />} onSelect={() => void copyText(asMarkdown(id, t("you")))}>
          {t("bar.copyAll")}
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
        onConfirm={() => void remove(id).then(() => navigate({ to: "/" }))}
      />
    </>
  );
}

/** The branch that is shown, as markdown. */
function asMarkdown(id: string, you: string): string {
  const tree = useStore.getState().trees[id];
  if (!tree) return "";
  const parts = activePath(tree).map((messageId) => {
    const message = tree.messages[messageId];
    return `**${message?.role === "user" ? you : message?.sender}**\n\n${message?.text}`;
  });
  return `# ${tree.conversation.title}\n\n${parts.join("\n\n")}\n`;
}
