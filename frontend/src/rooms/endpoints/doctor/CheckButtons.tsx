import { Play, Stethoscope } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Endpoint } from "../../../api/types";
import { Button } from "../../../ui/Button";
import { Tooltip } from "../../../ui/Tooltip";
import { check, checkAll, useDoctor } from "./run";
import "./strings";

export function CheckButton({ endpoint }: { endpoint: Endpoint }) {
  const { t } = useTranslation("doctor");
  const running = useDoctor(({ runs }) => runs[endpoint.name]?.running ?? false);
  return (
    <Tooltip text={t("costs")}>
      <Button small disabled={running} onClick={() => void check(endpoint.name)} data-testid="check">
        <Stethoscope size={14} aria-hidden="true" />
        {t(running ? "checking" : "check")}
      </Button>
    </Tooltip>
  );
}

/** Those that wait for a key say so themselves; there is nothing to examine. */
export function CheckAllButton({ endpoints }: { endpoints: Endpoint[] }) {
  const { t } = useTranslation("doctor");
  const running = useDoctor(({ runs, all }) => all.some((name) => runs[name]?.running));
  const names = endpoints.filter((one) => one.state !== "not_configured").map((one) => one.name);
  return (
    <Tooltip text={t("costsAll")}>
      <Button
        small
        disabled={running || names.length === 0}
        onClick={() => void checkAll(names)}
        data-testid="check-all"
      >
        <Play size={14} aria-hidden="true" />
        {t("checkAll")}
      </Button>
    </Tooltip>
  );
}
