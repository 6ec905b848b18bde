import { useTranslation } from "react-i18next";
import { BodyView } from "../BodyView";
import { fineClock } from "../figures";
import type { Received } from "../records";
import { Visible } from "../Visible";
import { HeaderList } from "./HeaderList";

/** Step 1: the request as it came to Filon. */
export function Asked({ received }: { received: Received }) {
  const { t } = useTranslation("inspector");
  return (
    <div className="grid grid-cols-1 gap-2">
      <p className="text-xs text-ink-3">
        {t(`caller.${received.caller}`, { defaultValue: received.caller })} · {fineClock(received.started, 3)}{" "}
        · <span className="mono">{received.protocol}</span>
        {received.key ? (
          <>
            {" · "}
            {t("request.key")} <span className="insp-mask mono">{received.key}</span>
          </>
        ) : null}
        {received.timeout ? <> · {t("request.timeout", { seconds: received.timeout })}</> : null}
        {received.strict ? <> · {t("request.strict")}</> : null}
      </p>
      <p className="mono break-all">
        {received.method} {received.path}
      </p>
      <Labels tags={received.tags ?? []} metadata={received.metadata ?? {}} />
      {received.headers.length ? (
        <details className="insp-more">
          <summary>{t("request.headers", { count: received.headers.length })}</summary>
          <HeaderList headers={received.headers} />
        </details>
      ) : null}
      <BodyView body={received.body} open={1} />
    </div>
  );
}

/** What the request's own headers say of it: words, and names with values. */
function Labels({ tags, metadata }: { tags: string[]; metadata: NonNullable<Received["metadata"]> }) {
  const { t } = useTranslation("inspector");
  const pairs = Object.entries(metadata).map(([name, value]) => `${name}: ${value}`);
  if (!tags.length && !pairs.length) {
    return null;
  }
  return (
    <ul className="flex flex-wrap gap-1" aria-label={t("request.tags")}>
      {[...tags, ...pairs].map((label) => (
        <li key={label} className="tag max-w-full">
          <span className="truncate" title={label}>
            <Visible text={label} />
          </span>
        </li>
      ))}
    </ul>
  );
}
