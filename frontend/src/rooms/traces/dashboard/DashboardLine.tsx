import { ChartColumn } from "lucide-react";
import { useTranslation } from "react-i18next";
import { count, money } from "../../../format";
import { useSeries } from "./useSeries";

/** The dashboard in one line, for phones; a touch opens all of it. */
export function DashboardLine({ q, onOpen }: { q: string; onOpen: () => void }) {
  const { t } = useTranslation("traces");
  const { data } = useSeries(q, "model");
  const totals = data?.totals;
  return (
    <button type="button" className="tr-line" onClick={onOpen}>
      <span className="cut">
        {totals ? (
          <>
            {t("requests")} <b className="mono">{count(totals.requests)}</b>
            {" · "}
            <span className={totals.failed ? "text-error" : ""}>
              {t("failedCount", { count: totals.failed })}
            </span>
            {" · "}
            <b className="mono">{money(totals.cost_usd)}</b>
            {totals.unpriced ? (
              <span className="text-ink-3"> · {t("unpricedShort", { count: totals.unpriced })}</span>
            ) : null}
          </>
        ) : (
          t("dashboard")
        )}
      </span>
      <ChartColumn size={16} strokeWidth={1.75} className="text-ink-3" aria-hidden="true" />
      <span className="sr-only">{t("chart.charts")}</span>
    </button>
  );
}
