import { ChevronDown, Download } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { getText, problemOf } from "../api/client";
import type { TracePage } from "../api/types";
import { Button } from "../ui/Button";
import { copyText } from "../ui/CopyButton";
import { Menu, MenuItem } from "../ui/Menu";
import type { Attempt, Translated } from "./records";

interface CopyAsProps {
  page: TracePage;
  attempt?: Attempt;
  translated?: Translated;
  compact: boolean;
}

/** The SDK that speaks the protocol; one that does not could not send this request. */
const SDKS: Record<string, string> = {
  openai_chat: "python-openai",
  openai_responses: "python-openai",
  openai_embeddings: "python-openai",
  anthropic_messages: "python-anthropic",
};

const FILES = [
  { form: "har", ending: "har" },
  { form: "postman", ending: "postman_collection.json" },
  { form: "json", ending: "json" },
] as const;

/** The request as something to paste elsewhere, or as a file; the key stays the name of its variable. */
export function CopyAs({ page, attempt, translated, compact }: CopyAsProps) {
  const { t } = useTranslation("inspector");
  const [said, setSaid] = useState<string | null>(null);
  useEffect(() => {
    if (!said) return;
    const timer = setTimeout(() => setSaid(null), 4000);
    return () => clearTimeout(timer);
  }, [said]);

  const { id } = page.trace;
  const sdk = SDKS[translated?.protocol ?? ""];
  const forms = ["curl", "powershell", ...(sdk ? [sdk] : []), "python", "javascript"];
  const get = (form: string) => {
    const of = attempt ? `&attempt=${attempt.number}` : "";
    return getText(`/api/traces/${encodeURIComponent(id)}/export?as=${form}${of}`);
  };
  const run = async (what: () => Promise<void>, done: string) => {
    try {
      await what();
      setSaid(done);
    } catch (error) {
      setSaid(t("notCopied", { reason: problemOf(error).message }));
    }
  };
  return (
    <>
      <Menu
        align="end"
        trigger={
          <Button small data-testid="copy-as" aria-label={t("copyAs")}>
            {compact ? <Download size={14} aria-hidden="true" /> : t("copyAs")}
            <ChevronDown size={14} className="text-ink-3" aria-hidden="true" />
          </Button>
        }
      >
        {forms.map((form) => (
          <MenuItem
            key={form}
            hint={t(`exports.hint.${form}`)}
            disabled={!attempt}
            onSelect={() => void run(async () => copyText(await get(form)), t("copied"))}
          >
            <span data-testid={`copy-${form}`}>{t(`exports.${form}`)}</span>
          </MenuItem>
        ))}
        {FILES.map(({ form, ending }) => (
          <MenuItem
            key={form}
            hint={t(`exports.hint.${form}`)}
            disabled={!attempt && form !== "json"}
            onSelect={() => void run(async () => save(await get(form), `${id}.${ending}`), t("saved"))}
          >
            <Download size={14} strokeWidth={1.75} aria-hidden="true" />
            <span data-testid={`save-${form}`}>{t(`exports.${form}`)}</span>
          </MenuItem>
        ))}
      </Menu>
      <span role="status" className={said ? "insp-said" : "sr-only"}>
        {said}
      </span>
    </>
  );
}

/** Hands a text to the browser as a file. */
function save(text: string, name: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
