import { RefreshCw, Shuffle } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Message } from "../../../api/types";
import { keysOf } from "../../../app/keys";
import { IconButton } from "../../../ui/IconButton";
import { Menu, MenuItem } from "../../../ui/Menu";
import type { Choice } from "../composer/choice";
import { ModelPicker } from "../picker";

interface RegenerateMenuProps {
  message: Message;
  onRegenerate: (message: Message, other: Choice | null) => void;
}

/** Another answer in this place, by the same model or another. */
export function RegenerateMenu({ message, onRegenerate }: RegenerateMenuProps) {
  const { t } = useTranslation("chat");
  const [picking, setPicking] = useState(false);
  return (
    <>
      <Menu
        align="end"
        trigger={
          <IconButton small label={t("message.regenerate")} data-testid="regenerate">
            <RefreshCw size={14} strokeWidth={1.75} />
          </IconButton>
        }
      >
        <MenuItem
          icon={<RefreshCw size={14} />}
          hint={<kbd>{keysOf("regenerate")}</kbd>}
          onSelect={() => onRegenerate(message, null)}
        >
          {t("message.sameModel")}
        </MenuItem>
        <MenuItem icon={<Shuffle size={14} />} onSelect={() => setPicking(true)}>
          {t("message.otherModel")}
        </MenuItem>
      </Menu>
      {picking ? (
        <ModelPicker
          value={message}
          onClose={() => setPicking(false)}
          onChoose={(other) => onRegenerate(message, other)}
        />
      ) : null}
    </>
  );
}
