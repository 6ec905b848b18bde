import { Link, useRouterState } from "@tanstack/react-router";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { ConversationList } from "../rooms/chat/ConversationList";
import { Sheet } from "../ui/Sheet";
import { Mark } from "./Mark";
import { showPart, usePage } from "./page-state";
import { ROOMS, roomOf } from "./rooms";

/** On phones the rooms and the conversations; on tablets the conversations. */
export function Drawer({ rooms }: { rooms: boolean }) {
  const { t } = useTranslation();
  const open = usePage((state) => state.drawer);
  const pathname = useRouterState({ select: (state) => state.location.pathname });
  const here = roomOf(pathname);
  // biome-ignore lint/correctness/useExhaustiveDependencies: whatever was chosen, the drawer has done its work
  useEffect(() => showPart("drawer", false), [pathname]);
  return (
    <Sheet open={open} onOpenChange={(to) => showPart("drawer", to)} label={t("menu")} from="left">
      {rooms ? (
        <nav aria-label={t("rooms.label")} className="drawer-rooms">
          <div className="flex items-center gap-2.5 px-3 pb-2 text-lg font-title">
            <Mark size={26} />
            {t("name")}
          </div>
          {ROOMS.map(({ name, path, icon: Icon }) => (
            <Link key={name} to={path} aria-current={here === name ? "page" : undefined}>
              <Icon size={20} strokeWidth={1.75} aria-hidden="true" />
              {t(`rooms.${name}`)}
            </Link>
          ))}
        </nav>
      ) : null}
      <ConversationList />
    </Sheet>
  );
}
