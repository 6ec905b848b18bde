import { type KeyboardEvent, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { Endpoint } from "../../api/types";
import { WithCode } from "../../ui/FindingCard";
import { originOf } from "./models";

interface EndpointCardsProps {
  endpoints: Endpoint[];
  chosen?: string;
  onChoose: (name: string) => void;
}

export function EndpointCards({ endpoints, chosen, onChoose }: EndpointCardsProps) {
  const list = useRef<HTMLUListElement>(null);
  const walk = (event: KeyboardEvent) => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (!step) return;
    const cards = [...(list.current?.querySelectorAll("button") ?? [])];
    const next = cards[cards.indexOf(document.activeElement as HTMLButtonElement) + step];
    if (!next) return;
    event.preventDefault();
    next.focus();
  };
  return (
    <ul ref={list} onKeyDown={walk}>
      {endpoints.map((endpoint) => (
        <li key={endpoint.name}>
          <Card endpoint={endpoint} chosen={endpoint.name === chosen} onChoose={onChoose} />
        </li>
      ))}
    </ul>
  );
}

/** A full dot works, a ring waits for something, a square is broken; the word says the same. */
export const STATE = {
  ready: { mark: "dot", tone: "text-ok" },
  not_configured: { mark: "dot ring", tone: "text-warn" },
  broken: { mark: "dot sq", tone: "text-error" },
} as const;

function Card({
  endpoint,
  chosen,
  onChoose,
}: {
  endpoint: Endpoint;
  chosen: boolean;
  onChoose: (name: string) => void;
}) {
  const { t } = useTranslation("endpoints");
  const { mark, tone } = STATE[endpoint.state];
  return (
    <button
      type="button"
      className="ep-card"
      data-testid="endpoint-card"
      data-state={endpoint.state}
      aria-current={chosen || undefined}
      onClick={() => onChoose(endpoint.name)}
    >
      <span className="flex w-full items-center gap-2">
        <span className={`${mark} ${tone}`} aria-hidden="true" />
        <b className="cut flex-1">{endpoint.label}</b>
        <span className={`text-xs ${endpoint.state === "ready" ? "text-ink-3" : tone}`}>
          {t(`state.${endpoint.state}`)}
        </span>
      </span>
      <small className="mono">{found(endpoint, t)}</small>
      <small>{t("modelCount", { count: endpoint.models.length })}</small>
      {endpoint.reason ? (
        <small>
          <span className="ep-reason">
            <WithCode text={endpoint.reason} />
          </span>
        </small>
      ) : null}
    </button>
  );
}

function found(endpoint: Endpoint, t: (key: string, options?: Record<string, string>) => string): string {
  if (endpoint.kind === "practice") return t("builtIn");
  if (endpoint.kind === "local")
    return t(endpoint.state === "ready" ? "foundAt" : "soughtAt", {
      place: endpoint.base_url.replace(/^https?:\/\//, ""),
    });
  if (endpoint.kind === "detected" && endpoint.key.variable)
    return t("foundBy", { variable: endpoint.key.variable });
  return originOf(endpoint.origin);
}
