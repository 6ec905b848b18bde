import { useQueryClient } from "@tanstack/react-query";
import { ContextMenu } from "radix-ui";
import { type MouseEvent, type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { getText } from "../../../api/client";
import { copyText } from "../../../ui/CopyButton";
import type { ListedTrace } from "../api";
import { useFilterBy } from "../filter/by";

interface RowMenuProps {
  find: (id: string) => ListedTrace | undefined;
  onOpen: (id: string) => void;
  onDelete: (trace: ListedTrace) => void;
  /** The rows. */
  children: ReactElement;
}

/** What can be copied of a trace; the names are the same in every language. */
const EXPORTS = [
  { as: "curl", name: "curl" },
  { as: "python", name: "Python" },
  { as: "javascript", name: "JavaScript fetch" },
  { as: "json", name: "JSON" },
] as const;

/** The menu of a row: right click, or the menu key on a focused one. */
export function RowMenu({ find, onOpen, onDelete, children }: RowMenuProps) {
  const { t } = useTranslation("traces");
  const [trace, setTrace] = useState<ListedTrace | null>(null);
  const aim = (event: MouseEvent) => {
    const row = (event.target as Element).closest("tr[data-id]");
    const found = find(row?.getAttribute("data-id") ?? "");
    setTrace(found ?? null);
    // Elsewhere the browser's own menu is of more use.
    if (!found) event.stopPropagation();
  };
  return (
    <ContextMenu.Root modal={false}>
      <ContextMenu.Trigger asChild onContextMenuCapture={aim}>
        {children}
      </ContextMenu.Trigger>
      <ContextMenu.Portal>
        <ContextMenu.Content className="float menu" collisionPadding={8} aria-label={t("rowMenu.label")}>
          {trace ? <Items trace={trace} onOpen={onOpen} onDelete={onDelete} /> : null}
        </ContextMenu.Content>
      </ContextMenu.Portal>
    </ContextMenu.Root>
  );
}

function Items({
  trace,
  onOpen,
  onDelete,
}: Omit<RowMenuProps, "children" | "find"> & { trace: ListedTrace }) {
  const { t } = useTranslation("traces");
  const filterBy = useFilterBy();
  const link = `${window.location.origin}/traces/${encodeURIComponent(trace.id)}`;
  return (
    <>
      <Item onSelect={() => onOpen(trace.id)}>{t("rowMenu.open")}</Item>
      <Separator />
      <Item onSelect={() => filterBy("model", trace.model)}>{t("rowMenu.onlyModel")}</Item>
      <Item onSelect={() => filterBy("model", trace.model, true)}>{t("rowMenu.notModel")}</Item>
      {trace.conversation_id ? (
        <Item onSelect={() => filterBy("conversation", trace.conversation_id ?? "")}>
          {t("rowMenu.conversation")}
        </Item>
      ) : null}
      {trace.key_id ? (
        <Item onSelect={() => filterBy("key", trace.key_id ?? "")}>{t("rowMenu.key")}</Item>
      ) : null}
      <Separator />
      {EXPORTS.map(({ as, name }) => (
        <CopyAs key={as} trace={trace} as={as} name={name} />
      ))}
      <Item onSelect={() => void copyText(trace.id)}>{t("rowMenu.copyId")}</Item>
      <Item onSelect={() => void copyText(link)}>{t("rowMenu.copyLink")}</Item>
      <Separator />
      <Item tone="error" disabled={trace.outcome === "live"} onSelect={() => onDelete(trace)}>
        {t("rowMenu.delete")}
      </Item>
    </>
  );
}

function CopyAs({ trace, as, name }: { trace: ListedTrace; as: string; name: string }) {
  const { t } = useTranslation("traces");
  const client = useQueryClient();
  const path = `/api/traces/${encodeURIComponent(trace.id)}/export?as=${as}`;
  return (
    <Item
      disabled={trace.outcome === "live"}
      onSelect={() =>
        void client
          .fetchQuery({ queryKey: ["export", trace.id, as], queryFn: () => getText(path) })
          .then(copyText)
      }
    >
      {t("rowMenu.copyAs", { name })}
    </Item>
  );
}

interface ItemProps {
  onSelect: () => void;
  tone?: "error";
  disabled?: boolean;
  children: string;
}

function Item({ onSelect, tone, disabled, children }: ItemProps) {
  return (
    <ContextMenu.Item className="menu-item" data-tone={tone} disabled={disabled} onSelect={onSelect}>
      {children}
    </ContextMenu.Item>
  );
}

function Separator() {
  return <ContextMenu.Separator className="tr-separator" />;
}
