import { ChevronDown } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { getText, problemOf } from "../api/client";
import type { TracePage } from "../api/types";
import { Button } from "../ui/Button";
import { copyText } from "../ui/CopyButton";
import { Menu, MenuItem } from "../ui/Menu";

/** The request as something that can be pasted elsewhere; the key stays `$API_KEY`. */
export function CopyAs({ page }: { page: TracePage }) {
  const { t } = useTranslation("inspector");
  const [said, setSaid] = useState<string | null>(null);
  useEffect(() => {
    if (!said) return;
    const timer = setTimeout(() => setSaid(null), 2000);
    return () => clearTimeout(timer);
  }, [said]);

  const copy = async (make: () => string | Promise<string>) => {
    try {
      await copyText(await make());
      setSaid(t("copied"));
    } catch (error) {
      setSaid(t("notCopied", { reason: problemOf(error).message }));
    }
  };
  return (
    <>
      <Menu
        align="end"
        trigger={
          <Button small data-testid="copy-as">
            {said ?? t("copyAs")}
            <ChevronDown size={14} className="text-ink-3" aria-hidden="true" />
          </Button>
        }
      >
        <MenuItem
          hint={t("copyCurlHint")}
          onSelect={() => void copy(() => getText(`/api/traces/${encodeURIComponent(page.trace.id)}/curl`))}
        >
          <span data-testid="copy-curl">curl</span>
        </MenuItem>
        <MenuItem hint={t("copyJsonHint")} onSelect={() => void copy(() => JSON.stringify(page, null, 2))}>
          <span data-testid="copy-json">JSON</span>
        </MenuItem>
      </Menu>
      <span role="status" className="sr-only">
        {said}
      </span>
    </>
  );
}
