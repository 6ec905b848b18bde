import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { CopyButton } from "../../../ui/CopyButton";

/** Something to copy, and what it is. */
export function Way({ text, children }: { text: string; children: ReactNode }) {
  const { t } = useTranslation("practice");
  return (
    <div>
      <dt translate="no">
        <code className="break-all">{text}</code>
        <CopyButton text={text} label={t("fault.copy", { text })} />
      </dt>
      <dd>{children}</dd>
    </div>
  );
}
