import { useQuery } from "@tanstack/react-query";
import { Download, X } from "lucide-react";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { problemOf } from "../../../api/client";
import type { Pull } from "../../../api/types";
import { Button } from "../../../ui/Button";
import { ProblemCard } from "../../../ui/FindingCard";
import { IconButton } from "../../../ui/IconButton";
import { pullsQuery, useEndPull, usePull } from "./query";
import { binary } from "./sizes";

const EXAMPLE = "mistral:7b";

/** A field for the name of a model, and how far the pulls are. They go on when the page is left. */
export function Pulling({ endpoint, server }: { endpoint: string; server: string }) {
  const { t } = useTranslation("local");
  const { data } = useQuery(pullsQuery(endpoint));
  const pull = usePull(endpoint);
  const [name, setName] = useState("");
  const begin = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim()) pull.mutate(name.trim(), { onSuccess: () => setName("") });
  };
  return (
    <div className="loc-pull">
      <form onSubmit={begin}>
        <label htmlFor="loc-name">{t("pull.label", { server })}</label>
        <span>
          <input
            id="loc-name"
            className="field mono"
            value={name}
            placeholder={EXAMPLE}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            onChange={(event) => setName(event.target.value)}
          />
          <Button type="submit" disabled={!name.trim() || pull.isPending}>
            <Download size={14} aria-hidden="true" />
            {t("pull.begin")}
          </Button>
        </span>
        <small>{t("pull.hint")}</small>
      </form>
      {pull.error ? (
        <div role="alert">
          <ProblemCard problem={problemOf(pull.error)} />
        </div>
      ) : null}
      <ul aria-live="polite">
        {(data ?? []).map((one) => (
          <PullRow key={one.id} pull={one} endpoint={endpoint} onPull={(model) => pull.mutate(model)} />
        ))}
      </ul>
    </div>
  );
}

interface PullRowProps {
  pull: Pull;
  endpoint: string;
  onPull: (model: string) => void;
}

function PullRow({ pull, endpoint, onPull }: PullRowProps) {
  const { t } = useTranslation("local");
  const end = useEndPull(endpoint);
  const running = pull.state === "running";
  // A name that the library does not have will not be there at the second try either.
  const unknown = pull.problem?.code === "pull_not_found";
  const near = unknown ? (pull.problem?.names?.near ?? "").split(", ").filter((one) => /\w/.test(one)) : [];
  const instead = (model: string) => {
    end.mutate(pull.id);
    onPull(model);
  };
  const part = pull.total ? pull.completed / pull.total : 0;
  return (
    <li data-testid="pull" data-state={pull.state}>
      <div className="loc-row">
        <span className="mono min-w-0 flex-1 break-all">{pull.model}</span>
        <span className={pull.state === "failed" ? "text-error" : "text-ink-2"}>
          {running ? pull.status || t("pull.starting") : t(`pull.${pull.state}`)}
        </span>
        {pull.state === "cancelled" || (pull.state === "failed" && !unknown) ? (
          <Button small onClick={() => instead(pull.model)}>
            {t("pull.again")}
          </Button>
        ) : null}
        <IconButton
          label={t(running ? "pull.cancel" : "pull.forget", { model: pull.model })}
          disabled={end.isPending}
          onClick={() => end.mutate(pull.id)}
        >
          <X size={16} aria-hidden="true" />
        </IconButton>
      </div>
      {running ? (
        <div className="loc-row">
          <progress
            value={pull.total ? pull.completed : undefined}
            max={pull.total || undefined}
            aria-label={pull.model}
          />
          <span className="mono text-xs text-ink-3">
            {pull.total
              ? `${Math.floor(part * 100)} % · ${binary(pull.completed)} / ${binary(pull.total)}`
              : ""}
          </span>
        </div>
      ) : null}
      {pull.problem ? (
        <ProblemCard
          problem={pull.problem}
          actions={
            near.length > 0
              ? near.map((model) => (
                  <Button key={model} small className="mono" onClick={() => instead(model)}>
                    {model}
                  </Button>
                ))
              : undefined
          }
        />
      ) : null}
    </li>
  );
}
