import { Menu as MenuIcon } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { IconButton } from "../ui/IconButton";
import { showPart } from "./page-state";

interface PhoneBarProps {
  title: string;
  sub?: ReactNode;
  /** One action at the right. */
  action?: ReactNode;
}

export function PhoneBar({ title, sub, action }: PhoneBarProps) {
  const { t } = useTranslation();
  return (
    <header className="phone-bar">
      <IconButton label={t("menu")} onClick={() => showPart("drawer", true)}>
        <MenuIcon size={20} strokeWidth={1.75} />
      </IconButton>
      <div className="min-w-0 flex-1 text-center">
        <h1 className="cut text-[15px] font-strong leading-5">{title}</h1>
        {sub}
      </div>
      {action ?? <span className="w-11" />}
    </header>
  );
}
