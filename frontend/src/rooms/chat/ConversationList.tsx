import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { Plus, Search, X } from "lucide-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { keysOf } from "../../app/keys";
import { showPart } from "../../app/page-state";
import { loadList, useStore } from "../../core/store";
import { Button } from "../../ui/Button";
import { ProblemCard } from "../../ui/FindingCard";
import { IconButton } from "../../ui/IconButton";
import { Skeleton } from "../../ui/Skeleton";
import { ConversationRow } from "./list/ConversationRow";
import { byDate, monthName } from "./list/date-groups";

/** All conversations, newest first, under the days of their last change. */
export function ConversationList() {
  const { t } = useTranslation("chat");
  const [filter, setFilter] = useState<string | null>(null);
  return (
    <aside className="side" aria-label={t("list.label")}>
      <div className="flex gap-1.5">
        <Link
          to="/"
          className="btn flex-1"
          data-testid="new-chat"
          onClick={() => showPart("drawer", false)}
          activeOptions={{ exact: true }}
        >
          <Plus size={16} strokeWidth={1.75} aria-hidden="true" />
          {t("list.new")}
          <span className="flex-1" />
          <kbd className="max-tablet:hidden">{keysOf("newChat")}</kbd>
        </Link>
        <IconButton
          kind="line"
          label={t("list.search")}
          aria-pressed={filter !== null}
          onClick={() => setFilter(filter === null ? "" : null)}
        >
          <Search size={16} strokeWidth={1.75} />
        </IconButton>
      </div>
      {filter === null ? null : <Filter value={filter} onChange={setFilter} />}
      <Conversations filter={filter ?? ""} />
    </aside>
  );
}

function Filter({ value, onChange }: { value: string; onChange: (value: string | null) => void }) {
  const { t } = useTranslation("chat");
  return (
    <div className="field mt-2 h-[30px] px-2">
      <input
        // biome-ignore lint/a11y/noAutofocus: it appears because its button was pressed
        autoFocus
        value={value}
        placeholder={t("list.filter")}
        aria-label={t("list.filter")}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => event.key === "Escape" && onChange(null)}
      />
      <IconButton small label={t("close", { ns: "common" })} onClick={() => onChange(null)}>
        <X size={14} strokeWidth={1.75} />
      </IconButton>
    </div>
  );
}

function Conversations({ filter }: { filter: string }) {
  const { t, i18n } = useTranslation("chat");
  const conversations = useStore((state) => state.conversations);
  const hasList = useStore((state) => state.hasList);
  const failure = useStore((state) => state.failures[""]);
  const navigate = useNavigate();
  const { conversationId } = useParams({ strict: false });
  const wanted = plain(filter);
  const groups = useMemo(() => {
    const found = Object.values(conversations).filter(({ title }) => plain(title).includes(wanted));
    return byDate(found, new Date());
  }, [conversations, wanted]);

  if (failure)
    return (
      <div className="mt-3">
        <ProblemCard
          problem={failure}
          actions={<Button onClick={() => void loadList()}>{t("retry", { ns: "common" })}</Button>}
        />
      </div>
    );
  if (!hasList) return <Skeleton rows={6} />;
  if (!groups.length)
    return <p className="p-2 pt-4 text-ink-3">{filter ? t("list.noMatch") : t("list.empty")}</p>;
  return (
    <nav className="conversations" aria-label={t("list.label")}>
      {groups.map((group) => (
        <section key={group.key} aria-label={heading(group.key)}>
          <h2 className="cap">{heading(group.key)}</h2>
          <ul>
            {group.conversations.map((conversation) => (
              <ConversationRow
                key={conversation.id}
                conversation={conversation}
                here={conversation.id === conversationId}
                onGone={() => conversation.id === conversationId && void navigate({ to: "/" })}
              />
            ))}
          </ul>
        </section>
      ))}
    </nav>
  );

  function heading(key: string): string {
    return key.includes("-") ? monthName(key, i18n.language) : t(`list.${key}`);
  }
}

/** Without case and accents, so that "reunion" finds "Reunión". */
function plain(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}
