import { useQuery } from "@tanstack/react-query";
import { ChevronRight } from "lucide-react";
import { type KeyboardEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { standingQuery } from "../../api/queries";
import type { Endpoint } from "../../api/types";
import { clock } from "../../format";
import { WithCode } from "../../ui/FindingCard";
import { isDialect, originOf } from "./models";
import { restingOf, wordOf } from "./standing";

interface EndpointCardsProps {
  endpoints: Endpoint[];
  chosen?: string;
  onChoose: (name: string) => void;
}

/** The endpoints; what practice keeps aside is folded under its own card. */
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
  // What ENDPOINTS hides from the chat is aside too, and stays a card of its own here.
  const aside = endpoints.filter((endpoint) => endpoint.aside && endpoint.kind === "practice");
  return (
    <ul ref={list} onKeyDown={walk}>
      {endpoints
        .filter((endpoint) => !aside.includes(endpoint))
        .map((endpoint) => (
          <li key={endpoint.name}>
            <Card endpoint={endpoint} chosen={endpoint.name === chosen} onChoose={onChoose} />
            {endpoint.kind === "practice" && aside.length > 0 ? (
              <Aside endpoints={aside} chosen={chosen} onChoose={onChoose} />
            ) : null}
          </li>
        ))}
    </ul>
  );
}

/** Practice's dialects and doors: folded, unless one of them is what is looked at. */
function Aside({ endpoints, chosen, onChoose }: EndpointCardsProps) {
  const { t } = useTranslation("endpoints");
  const within = endpoints.some((endpoint) => endpoint.name === chosen);
  const [wanted, setWanted] = useState<boolean | null>(null);
  const open = wanted ?? within;
  const dialects = endpoints.filter(isDialect).length;
  return (
    <>
      <button
        type="button"
        className="ep-fold"
        data-testid="practice-aside"
        aria-expanded={open}
        onClick={() => setWanted(!open)}
      >
        <ChevronRight size={14} className={open ? "rotate-90" : ""} aria-hidden="true" />
        {t("aside.both", {
          dialects: t("aside.dialects", { count: dialects }),
          doors: t("aside.doors", { count: endpoints.length - dialects }),
        })}
      </button>
      {open ? (
        <ul>
          {endpoints.map((endpoint) => (
            <li key={endpoint.name}>
              <button
                type="button"
                className="ep-card ep-small"
                data-testid="endpoint-aside"
                aria-current={endpoint.name === chosen || undefined}
                onClick={() => onChoose(endpoint.name)}
              >
                {endpoint.label}
                <small className="mono">{endpoint.name}/</small>
              </button>
            </li>
          ))}
        </ul>
      ) : null}
    </>
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
  const { data: standings } = useQuery(standingQuery);
  const resting = restingOf(standings?.[endpoint.name]);
  const left = endpoint.state === "ready" && resting?.all ? resting : null;
  const { mark, tone } = left ? { mark: "dot ring", tone: "text-warn" } : STATE[endpoint.state];
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
        <span className={`text-xs ${endpoint.state === "ready" && !left ? "text-ink-3" : tone}`}>
          {t(left ? wordOf(left) : `state.${endpoint.state}`)}
        </span>
      </span>
      <small className="mono">{found(endpoint, t)}</small>
      <small>
        {t("modelCount", { count: endpoint.models.length })}
        {left?.until ? ` · ${t("standing.until", { time: clock(left.until) })}` : null}
      </small>
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
