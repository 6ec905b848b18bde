import { useTranslation } from "react-i18next";
import { isFile, placeOf } from "./decisions";
import type { Because } from "./records";

/** `librechat.yaml:41`, or the word for where no file is at work. */
export function Place({ because }: { because: Because }) {
  const { t } = useTranslation("inspector");
  if (isFile(because))
    return (
      <span className="loc" title={because.rule ?? undefined}>
        {placeOf(because)}
      </span>
    );
  return <span className="text-ink-2">{t(`source.${because.source}`)}</span>;
}
