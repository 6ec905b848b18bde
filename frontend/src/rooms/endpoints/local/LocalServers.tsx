import { useQuery } from "@tanstack/react-query";
import { RefreshCw } from "lucide-react";
import { useTranslation } from "react-i18next";
import { problemOf } from "../../../api/client";
import { Button } from "../../../ui/Button";
import { ProblemCard } from "../../../ui/FindingCard";
import { localQuery, useLook } from "./query";
import { placeOf } from "./sizes";
import "./local.css";

interface LocalServersProps {
  chosen?: string;
  onChoose: (endpoint: string) => void;
}

/** The servers of this machine that were looked for and are not there, and the way to look again. */
export function LocalServers({ chosen, onChoose }: LocalServersProps) {
  const { t } = useTranslation("local");
  const { data } = useQuery(localQuery);
  const look = useLook();
  if (!data?.length) return null;
  const absent = data.filter((one) => one.state !== "found");
  return (
    <section className="loc-servers" aria-labelledby="loc-title" data-testid="local-servers">
      <header>
        <h3 id="loc-title">{t("title")}</h3>
        <Button small disabled={look.isPending} onClick={() => look.mutate()} data-testid="look-again">
          <RefreshCw size={14} aria-hidden="true" />
          {t(look.isPending ? "looking" : "look")}
        </Button>
      </header>
      {look.error ? (
        <div role="alert">
          <ProblemCard problem={problemOf(look.error)} />
        </div>
      ) : null}
      <ul aria-live="polite">
        {absent.length === 0 ? <li className="loc-all">{t("allFound")}</li> : null}
        {absent.map((one) => (
          <li key={one.endpoint}>
            <button
              type="button"
              data-testid="local-absent"
              data-state={one.state}
              aria-current={one.endpoint === chosen || undefined}
              onClick={() => onChoose(one.endpoint)}
            >
              <span
                className={`dot ring ${one.state === "silent" ? "text-ink-3" : "text-warn"}`}
                aria-hidden="true"
              />
              <span>{one.label}</span>
              <span className="mono">{placeOf(one.address)}</span>
              <small>{t(`state.${one.state}`)}</small>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
