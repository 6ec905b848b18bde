import { useTranslation } from "react-i18next";
import { isFile, placeOf } from "./decisions";
import { isPlain, useGo } from "./go";
import { ManifestPlace } from "./ManifestPlace";
import type { Because } from "./records";

/** `librechat.yaml:41`, which leads there, or the word for where no file is at work. */
export function Place({ because }: { because: Because }) {
  const { t } = useTranslation("inspector");
  const go = useGo();
  if (!isFile(because))
    return (
      <span className="text-ink-2">{t(`source.${because.source}`, { defaultValue: because.source })}</span>
    );
  if (because.source.endsWith(".toml")) return <ManifestPlace because={because} />;
  if (!/\.ya?ml$/.test(because.source))
    return (
      <span className="loc" title={because.rule ?? undefined}>
        {placeOf(because)}
      </span>
    );
  return (
    <a
      className="loc"
      href={go.configHref(because.line)}
      title={because.rule ?? undefined}
      onClick={(event) => {
        if (!isPlain(event)) return;
        event.preventDefault();
        go.config(because.line);
      }}
    >
      {placeOf(because)}
    </a>
  );
}
