import { Link, useRouterState } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Mark } from "./Mark";
import { ROOMS, roomOf } from "./rooms";

/** The rooms, as an icon with its word. */
export function Rail() {
  const { t } = useTranslation();
  const here = useRouterState({ select: (state) => roomOf(state.location.pathname) });
  return (
    <nav className="rail" aria-label={t("rooms.label")}>
      <span className="rail-mark">
        <Mark />
        <span className="sr-only">{t("name")}</span>
      </span>
      {ROOMS.map(({ name, path, icon: Icon }) => (
        <Link
          key={name}
          to={path}
          aria-current={here === name ? "page" : undefined}
          className={name === "settings" ? "mt-auto" : ""}
        >
          <Icon size={20} strokeWidth={1.75} aria-hidden="true" />
          {t(`rooms.${name}`)}
        </Link>
      ))}
    </nav>
  );
}
