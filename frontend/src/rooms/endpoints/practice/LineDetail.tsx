import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { problemOf } from "../../../api/client";
import { secondsShort } from "../../../format";
import { BodyView } from "../../../inspector/BodyView";
import { HeaderList } from "../../../inspector/request/HeaderList";
import { ProblemCard } from "../../../ui/FindingCard";
import { Skeleton } from "../../../ui/Skeleton";
import { lineQuery } from "./query";

/** All that came and all that went, as text. */
export function LineDetail({ id }: { id: number }) {
  const { t } = useTranslation("practice");
  const { data: line, error } = useQuery(lineQuery(id));
  if (error) return <ProblemCard problem={problemOf(error)} />;
  if (!line) return <Skeleton rows={6} />;
  const about = [
    line.first_byte === null ? null : t("ledger.firstByte", { time: secondsShort(line.first_byte) }),
    line.stream ? t("ledger.chunks", { count: line.chunks }) : null,
    line.key ? t("ledger.account", { key: line.key }) : null,
    line.skill ? t("ledger.skill", { skill: line.skill }) : null,
    line.note || null,
  ].filter(Boolean);
  return (
    <div className="pr-line">
      {about.length > 0 ? <p className="text-ink-2">{about.join(" · ")}</p> : null}
      <section aria-label={t("ledger.requestHead")}>
        <h4>{t("ledger.requestHead")}</h4>
        <p className="mono break-all" translate="no">
          {line.method} {line.target}
        </p>
        <HeaderList headers={line.request_headers} />
        <BodyView body={{ text: line.request_body, size: line.request_size, exact: true }} />
      </section>
      <section aria-label={t("ledger.responseHead")} data-testid="ledger-response">
        <h4>{t("ledger.responseHead")}</h4>
        {line.status === null ? (
          <p className="text-ink-3">{t("ledger.noResponse")}</p>
        ) : (
          <>
            <p className="mono">{line.status}</p>
            <HeaderList headers={line.response_headers} />
            <BodyView body={{ text: line.response_body, size: line.response_size, exact: true }} />
          </>
        )}
      </section>
    </div>
  );
}
