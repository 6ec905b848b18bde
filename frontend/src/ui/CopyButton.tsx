import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "./Button";
import { IconButton } from "./IconButton";

interface CopyButtonProps {
  /** What to copy, or how to get it when it is not at hand yet. */
  text: string | (() => string | Promise<string>);
  /** A visible word; without it the button is an icon named "Copy". */
  word?: string;
  label?: string;
  small?: boolean;
  className?: string;
}

export function CopyButton({ text, word, label, small = true, className }: CopyButtonProps) {
  const { t } = useTranslation();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 1600);
    return () => clearTimeout(timer);
  }, [copied]);

  const copy = async () => {
    await copyText(typeof text === "string" ? text : await text());
    setCopied(true);
  };
  const icon = copied ? <Check size={14} /> : <Copy size={14} />;
  if (word)
    return (
      <Button kind="bare" small={small} className={className} onClick={copy}>
        {icon}
        {copied ? t("copied") : word}
      </Button>
    );
  return (
    <IconButton
      small={small}
      className={className}
      label={copied ? t("copied") : (label ?? t("copy"))}
      onClick={copy}
    >
      {icon}
    </IconButton>
  );
}

/** The clipboard needs https or localhost; elsewhere the old way still works. */
export async function copyText(text: string): Promise<void> {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = document.createElement("textarea");
  area.value = text;
  area.style.position = "fixed";
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}
