import { ChevronDown, RefreshCw } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Button } from "../../ui/Button";
import { Menu, MenuItem } from "../../ui/Menu";
import type { Replaying } from "./replaying";

/** Sends the request again: as it was asked, as it went, or with changes. */
export function ReplayButton({ replaying, compact }: { replaying: Replaying; compact: boolean }) {
  const { t } = useTranslation("inspector");
  return (
    <Menu
      align="end"
      trigger={
        <Button small disabled={replaying.busy} data-testid="replay" aria-label={t("replay.button")}>
          <RefreshCw size={14} strokeWidth={1.75} aria-hidden="true" />
          {compact ? null : t(replaying.busy ? "replay.sending" : "replay.button")}
          <ChevronDown size={14} className="text-ink-3" aria-hidden="true" />
        </Button>
      }
    >
      <MenuItem hint={t("replay.askedHint")} onSelect={() => void replaying.send("asked")}>
        <span data-testid="replay-asked">{t("replay.asked")}</span>
      </MenuItem>
      <MenuItem hint={t("replay.wireHint")} onSelect={() => void replaying.send("wire")}>
        <span data-testid="replay-wire">{t("replay.wire")}</span>
      </MenuItem>
      <MenuItem hint={t("replay.editHint")} onSelect={() => replaying.edit()}>
        <span data-testid="replay-edit">{t("replay.edit")}</span>
      </MenuItem>
    </Menu>
  );
}
