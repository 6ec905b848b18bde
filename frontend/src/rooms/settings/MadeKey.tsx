import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { statusQuery } from "../../api/queries";
import type { KeyMade } from "../../api/types";
import { Button } from "../../ui/Button";
import { CopyButton } from "../../ui/CopyButton";
import { curlOf, mayUse } from "./keys";
import { useTargets } from "./use-targets";

/** The one time that a key's secret is on the page, and a command to try it with. */
export function MadeKey({ made, onDone }: { made: KeyMade; onDone: () => void }) {
  const { t } = useTranslation("settings");
  const { data: status } = useQuery(statusQuery);
  const targets = useTargets();
  const reached = (targets ?? []).filter((target) => mayUse(made.key.rules, target));
  // Practice answers without a provider's key, so the command works on every machine.
  const model = reached.find((target) => target.endpoint === "practice") ?? reached[0];
  const curl = status && model ? curlOf(status.gateway, made.secret, model.name) : null;
  return (
    <div className="key-made" data-testid="key-secret">
      <p>
        <b>{made.key.name}</b>: {t("keys.once")}
      </p>
      <div className="key-secret">
        <code translate="no">{made.secret}</code>
        <CopyButton text={made.secret} word={t("copy", { ns: "common" })} />
      </div>
      {curl ? (
        <>
          <p className="mt-3 text-ink-3">{t("keys.try")}</p>
          <div className="key-secret">
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a long line scrolls by keyboard */}
            <pre translate="no" tabIndex={0}>
              {curl}
            </pre>
            <CopyButton text={curl} label={t("keys.copyCurl")} />
          </div>
        </>
      ) : null}
      <div className="mt-3">
        <Button onClick={onDone}>{t("keys.kept")}</Button>
      </div>
    </div>
  );
}
