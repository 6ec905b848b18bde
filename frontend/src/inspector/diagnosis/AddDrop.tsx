import { useMutation, useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { change, problemOf } from "../../api/client";
import { queries } from "../../api/queries";
import type { components } from "../../api/schema.gen";
import { Button } from "../../ui/Button";
import { CopyButton } from "../../ui/CopyButton";
import { ProblemCard } from "../../ui/FindingCard";
import { Skeleton } from "../../ui/Skeleton";
import { Panel } from "../Panel";
import { Visible } from "../Visible";

type Drop = components["schemas"]["DropShape"];

interface AddDropProps {
  endpoint: string;
  parameter: string;
  onClose: () => void;
  /** Sends the request again, now without it. */
  onRetry: () => void;
}

/** The lines that would be added to the configuration, and, when asked, the writing of them. */
export function AddDrop({ endpoint, parameter, onClose, onRetry }: AddDropProps) {
  const { t } = useTranslation("inspector");
  // What is written is what was shown: a file that has changed since is refused.
  const ask = (seen?: string) =>
    change<Drop>("POST", "/api/config/drop", { endpoint, parameter, write: seen !== undefined, seen });
  const shown = useQuery({
    queryKey: ["drop", endpoint, parameter],
    queryFn: () => ask(),
    staleTime: 0,
    gcTime: 0,
  });
  const write = useMutation({
    mutationFn: () => ask(shown.data?.seen ?? ""),
    onSuccess: () => void queries.invalidateQueries({ queryKey: ["config"] }),
    onError: () => void shown.refetch(),
  });
  const written = write.data?.written ?? false;
  const error = write.error ?? shown.error;
  const diff = shown.data?.diff ?? "";
  return (
    <Panel
      open
      onClose={onClose}
      title={t("drop.title", { parameter })}
      small={shown.data?.file ?? endpoint}
      testId="add-drop"
      foot={
        <>
          <span role="status" className="mr-auto text-xs text-ink-2">
            {written ? t("drop.written") : ""}
          </span>
          <Button onClick={onClose}>{t("close")}</Button>
          {written ? (
            <Button kind="ore" onClick={onRetry} data-testid="drop-retry">
              {t("drop.retry")}
            </Button>
          ) : (
            <Button
              kind={diff ? "ore" : "line"}
              disabled={!diff || write.isPending}
              onClick={() => write.mutate()}
              data-testid="drop-write"
            >
              {t("drop.write")}
            </Button>
          )}
        </>
      }
    >
      <div className="grid gap-3">
        <p className="text-ink-2">{t("drop.what", { endpoint, parameter })}</p>
        {error ? <ProblemCard problem={problemOf(error)} /> : null}
        {shown.isPending ? <Skeleton rows={4} /> : null}
        {shown.data && !diff ? <p className="text-ink-2">{t("drop.already")}</p> : null}
        {diff ? (
          <div>
            <p className="flex justify-end">
              <CopyButton text={diff} word={t("drop.copy")} />
            </p>
            <UnifiedDiff text={diff} />
          </div>
        ) : null}
      </div>
    </Panel>
  );
}

const LOOK: Record<string, string> = { "+": "added", "-": "dropped" };

/** A unified diff as text nodes, each line with its sign. */
function UnifiedDiff({ text }: { text: string }) {
  const lines = text.replace(/\n$/, "").split("\n");
  return (
    <div className="js diff insp-unified" dir="ltr" lang="und" data-testid="drop-diff">
      {lines.map((line, at) => {
        const head = line.startsWith("+++") || line.startsWith("---") || line.startsWith("@@");
        const sign = head ? "" : line.slice(0, 1);
        return (
          <div key={at} className="js-line" data-sign={LOOK[sign]} data-head={head || undefined}>
            <i>{sign === "-" ? "−" : sign}</i>
            <span className="js-text">
              <Visible text={head ? line : line.slice(1)} />
            </span>
          </div>
        );
      })}
    </div>
  );
}
