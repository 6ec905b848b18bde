import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Endpoint } from "../../../api/types";
import { Button } from "../../../ui/Button";
import { CopyButton } from "../../../ui/CopyButton";
import { FindingCard, WithCode } from "../../../ui/FindingCard";
import { localQuery, useLook } from "./query";
import { placeOf } from "./sizes";

/** Why a local server is not used: nobody answers, or somebody else does. */
export function LocalReason({ endpoint }: { endpoint: Endpoint }) {
  const { t } = useTranslation("local");
  const { data } = useQuery(localQuery);
  const look = useLook();
  const seen = data?.find((one) => one.endpoint === endpoint.name);
  if (!seen || seen.state === "found") {
    return <FindingCard tone="warn" title={<WithCode text={endpoint.reason ?? ""} />} />;
  }
  const names = { server: seen.label, place: placeOf(seen.address) };
  return (
    <FindingCard
      tone="warn"
      title={t(`reason.${seen.state}`, names)}
      evidence={seen.told ? <span className="mono break-words">{seen.told}</span> : undefined}
      fix={
        <>
          <p>{t(`fix.${seen.state}`, names)}</p>
          {seen.state === "silent" ? (
            <p className="mono mt-1 flex items-center gap-2">
              <code>{seen.start}</code>
              <CopyButton text={seen.start} label={t("copyStart")} />
            </p>
          ) : null}
        </>
      }
      actions={
        <Button small disabled={look.isPending} onClick={() => look.mutate()}>
          {t(look.isPending ? "looking" : "look")}
        </Button>
      }
    />
  );
}
