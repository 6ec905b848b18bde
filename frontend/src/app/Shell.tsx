import { useQuery } from "@tanstack/react-query";
import { Outlet, useRouterState } from "@tanstack/react-router";
import { lazy, Suspense, useEffect } from "react";
import { useTranslation } from "react-i18next";
import { problemOf } from "../api/client";
import { meQuery } from "../api/queries";
import { connect, loadList, useStore } from "../core/store";
import { Button } from "../ui/Button";
import { ProblemCard } from "../ui/FindingCard";
import { Drawer } from "./Drawer";
import { useFreshQueries } from "./fresh-queries";
import { PhoneBar } from "./PhoneBar";
import { useLayout, usePage } from "./page-state";
import { Rail } from "./Rail";
import { roomOf } from "./rooms";
import { SignedOut } from "./SignedOut";
import { StatusLine } from "./StatusLine";
import { useGlobalShortcuts } from "./shortcuts";

const Palette = lazy(() => import("./Palette"));
const ShortcutSheet = lazy(() => import("./ShortcutSheet"));

export function Shell() {
  const me = useQuery(meQuery);
  const { t } = useTranslation();
  const ended = useStore((state) => state.signedOut);
  const problem = me.error ? problemOf(me.error) : null;
  if (ended || problem?.status === 401) return <SignedOut />;
  if (problem)
    return (
      <main className="grid h-full place-content-center p-6">
        <div className="w-[min(560px,100vw-48px)]">
          <ProblemCard
            problem={problem}
            actions={<Button onClick={() => me.refetch()}>{t("retry")}</Button>}
          />
        </div>
      </main>
    );
  return me.data ? <SignedIn /> : null;
}

function SignedIn() {
  const { t } = useTranslation();
  const phone = useLayout() === "phone";
  const room = useRouterState({ select: (state) => roomOf(state.location.pathname) });
  const palette = usePage((state) => state.palette);
  const shortcuts = usePage((state) => state.shortcuts);
  useEffect(() => {
    connect();
    void loadList();
  }, []);
  useFreshQueries();
  useGlobalShortcuts();
  useEffect(() => {
    if (room !== "chat") document.title = `${t(`rooms.${room}`)} · ${t("name")}`;
  }, [room, t]);
  return (
    <div className="app" data-layout={phone ? "phone" : "wide"}>
      {phone ? null : <Rail />}
      <div className="room">
        {phone && room !== "chat" ? <PhoneBar title={t(`rooms.${room}`)} /> : null}
        <Outlet />
      </div>
      {phone ? null : <StatusLine />}
      <Drawer rooms={phone} />
      <Suspense>
        {palette ? <Palette /> : null}
        {shortcuts ? <ShortcutSheet /> : null}
      </Suspense>
    </div>
  );
}
