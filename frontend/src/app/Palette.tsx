import { useQuery } from "@tanstack/react-query";
import { useNavigate, useRouterState } from "@tanstack/react-router";
import { Keyboard, type LucideIcon, MessageSquare, PanelLeft, Plus, Search, SunMoon } from "lucide-react";
import { Dialog } from "radix-ui";
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { modelsQuery, presetsQuery } from "../api/queries";
import { useStore } from "../core/store";
import { chooseTheme } from "../preferences";
import { allPresets, choiceOf, NO_PRESETS } from "../rooms/chat/composer/choice";
import { compose } from "../rooms/chat/composer/composing";
import { isComposing } from "../rooms/chat/composer/ime";
import { type Action, keysOf } from "./keys";
import { showPart, toggleList } from "./page-state";
import { ROOMS } from "./rooms";

interface Entry {
  key: string;
  group: "actions" | "rooms" | "chats" | "presets" | "models";
  word: string;
  hint?: string;
  icon: LucideIcon | null;
  /** Shown when it is searched for. */
  aside?: boolean;
  run: () => void;
}

/** Everything that can be gone to or done, by its name. */
export default function Palette() {
  const { t } = useTranslation();
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const entries = useEntries();
  const found = useMemo(() => match(entries, query), [entries, query]);
  const here = Math.min(at, found.length - 1);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the entry in place is found by its mark
  useEffect(() => {
    list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }, [here]);

  const run = (entry: Entry | undefined) => {
    if (!entry) return;
    showPart("palette", false);
    entry.run();
  };
  const pressed = (event: KeyboardEvent) => {
    if (isComposing(event)) return;
    if (event.key === "ArrowDown") setAt(Math.min(found.length - 1, here + 1));
    else if (event.key === "ArrowUp") setAt(Math.max(0, here - 1));
    else if (event.key === "Enter") run(found[here]);
    else return;
    event.preventDefault();
  };
  return (
    <Dialog.Root open onOpenChange={(open) => showPart("palette", open)}>
      <Dialog.Portal>
        <Dialog.Overlay className="scrim" />
        <Dialog.Content className="float palette" aria-describedby={undefined} data-testid="palette">
          <Dialog.Title className="sr-only">{t("palette.label")}</Dialog.Title>
          <div className="picker-search">
            <Search size={16} strokeWidth={1.75} className="text-ink-3" aria-hidden="true" />
            <input
              // biome-ignore lint/a11y/noAutofocus: a dialog to search in
              autoFocus
              role="combobox"
              aria-expanded="true"
              aria-controls="palette-list"
              aria-activedescendant={found[here] ? `go-${found[here].key}` : undefined}
              aria-label={t("palette.label")}
              placeholder={t("palette.placeholder")}
              value={query}
              onChange={(event) => {
                setQuery(event.target.value);
                setAt(0);
              }}
              onKeyDown={pressed}
            />
          </div>
          <div
            ref={list}
            id="palette-list"
            role="listbox"
            aria-label={t("palette.label")}
            className="palette-list"
          >
            {found.length ? null : <p className="p-3 text-ink-3">{t("palette.none")}</p>}
            {found.map((entry, index) => (
              <div key={entry.key}>
                {entry.group === found[index - 1]?.group ? null : (
                  <div className="cap px-2 pb-1 pt-2.5" aria-hidden="true">
                    {t(`palette.${entry.group}`)}
                  </div>
                )}
                {/* biome-ignore lint/a11y/useKeyWithClickEvents: the field above has the keyboard for all */}
                {/* biome-ignore lint/a11y/useFocusableInteractive: see above, aria-activedescendant */}
                <div
                  id={`go-${entry.key}`}
                  role="option"
                  aria-selected={index === here}
                  className="menu-item"
                  data-highlighted={index === here ? "" : undefined}
                  onMouseMove={() => index === here || setAt(index)}
                  onClick={() => run(entry)}
                >
                  {entry.icon ? <entry.icon size={14} strokeWidth={1.75} aria-hidden="true" /> : null}
                  <span className={`cut ${entry.group === "models" ? "mono" : ""}`}>{entry.word}</span>
                  {entry.hint ? <span className="hint whitespace-nowrap">{entry.hint}</span> : null}
                </div>
              </div>
            ))}
          </div>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function useEntries(): Entry[] {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const conversations = useStore((state) => state.conversations);
  const { data: models } = useQuery(modelsQuery);
  const { data: presets = NO_PRESETS } = useQuery(presetsQuery);
  const pathname = useRouterState({ select: (state) => state.location.pathname });
  return useMemo(() => {
    const action = (key: Action | "theme", icon: LucideIcon, run: () => void): Entry => ({
      key,
      group: "actions",
      word: key === "shortcuts" ? t("shortcuts.title") : t(`shortcuts.${key}`),
      hint: key === "theme" ? undefined : keysOf(key),
      icon,
      run,
    });
    const here = /^\/chat\/([^/]+)/.exec(pathname)?.[1] ?? "";
    const chats = Object.values(conversations).sort((a, b) => b.updated_at - a.updated_at);
    return [
      action("newChat", Plus, () => void navigate({ to: "/" })),
      action("list", PanelLeft, toggleList),
      action("shortcuts", Keyboard, () => showPart("shortcuts", true)),
      action("theme", SunMoon, () => chooseTheme(isDark() ? "light" : "dark")),
      ...ROOMS.map(
        ({ name, path, icon }): Entry => ({
          key: name,
          group: "rooms",
          word: t(`rooms.${name}`),
          icon,
          run: () => void navigate({ to: path }),
        }),
      ),
      ...chats.map(
        ({ id, title }): Entry => ({
          key: id,
          group: "chats",
          word: title,
          icon: MessageSquare,
          run: () => void navigate({ to: "/chat/$conversationId", params: { conversationId: id } }),
        }),
      ),
      ...allPresets(presets)
        .filter(({ state, in_menu }) => state === "ready" && in_menu)
        .map(
          (preset): Entry => ({
            key: `preset ${preset.name}`,
            group: "presets",
            word: preset.label,
            hint: preset.target ?? undefined,
            icon: null,
            run: () => {
              compose(here, choiceOf(preset));
              if (!here) void navigate({ to: "/" });
            },
          }),
        ),
      ...(models ?? [])
        .filter((model) => model.usable && !presets.enforce)
        .map(
          (model): Entry => ({
            key: model.id,
            group: "models",
            word: model.id,
            hint: model.endpoint_label,
            icon: null,
            aside: model.aside,
            run: () => {
              compose(here, { model: model.id, preset: null });
              if (!here) void navigate({ to: "/" });
            },
          }),
        ),
    ];
  }, [t, navigate, conversations, models, presets, pathname]);
}

/** Which of the two themes the page really has, whether chosen or the system's. */
function isDark(): boolean {
  const theme = document.documentElement.dataset.theme;
  return theme ? theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

const MOST = { actions: 6, rooms: 6, chats: 8, presets: 8, models: 8 };

function match(entries: Entry[], query: string): Entry[] {
  const words = plain(query).split(/\s+/).filter(Boolean);
  const room = { ...MOST };
  return entries.filter((entry) => {
    const text = plain(`${entry.word} ${entry.hint ?? ""}`);
    if (entry.aside && words.length === 0) return false;
    return words.every((word) => text.includes(word)) && room[entry.group]-- > 0;
  });
}

function plain(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}
