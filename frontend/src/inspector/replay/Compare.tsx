import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Square } from "lucide-react";
import { type ReactNode, useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { problemOf } from "../../api/client";
import type { Trace, TracePage } from "../../api/types";
import { duration } from "../../format";
import { Button } from "../../ui/Button";
import { useSentences } from "../../ui/explain";
import { ProblemCard, WithCode } from "../../ui/FindingCard";
import { Skeleton } from "../../ui/Skeleton";
import { foldFrames } from "../fold/fold";
import { answerAt } from "../fold/said";
import { useGo } from "../go";
import { StateTag } from "../Head";
import { ModelName } from "../ModelName";
import { useNow } from "../measure";
import { Panel } from "../Panel";
import { traceQuery } from "../query";
import { header, sortRecords, translationOf } from "../records";
import { Heading } from "../Section";
import { Visible } from "../Visible";
import { type Compared, comparedQuery, stopReplay } from "./api";
import { Differences, Figures, Parameters } from "./ComparedParts";
import { Output } from "./Output";
import type { Pair } from "./replaying";

interface CompareProps {
  pair: Pair;
  onClose: () => void;
}

/** Two traces beside each other: what differs in the request, the answer, the time and the cost. */
export function Compare({ pair, onClose }: CompareProps) {
  const { t } = useTranslation("inspector");
  const after = useQuery({ ...traceQuery(pair.after), placeholderData: undefined });
  const over = after.data ? after.data.trace.outcome !== "live" : false;
  const compared = useQuery(comparedQuery(pair.before, pair.after, over));
  // A replay is a relative of its parent from when it is kept on.
  const client = useQueryClient();
  useEffect(() => {
    if (over) void client.invalidateQueries({ queryKey: ["lineage"] });
  }, [client, over]);
  return (
    <Panel
      open
      wide
      onClose={onClose}
      title={t("compare.title")}
      small={
        <span className="mono">
          {pair.before} · {pair.after}
        </span>
      }
      testId="compare"
    >
      {after.isError || compared.isError ? (
        <ProblemCard problem={problemOf(after.error ?? compared.error)} />
      ) : compared.data ? (
        <Both compared={compared.data} onClose={onClose} />
      ) : after.data && !over ? (
        <Running page={after.data} />
      ) : (
        <Skeleton rows={10} label={t("compare.loading")} />
      )}
    </Panel>
  );
}

/** While the replay is being written there is nothing to compare yet: it is shown as it comes. */
function Running({ page }: { page: TracePage }) {
  const { t } = useTranslation("inspector");
  const now = useNow(true);
  const answer = useMemo(() => {
    const records = sortRecords(page.records);
    const attempt = records.attempts.at(-1);
    const frames = attempt?.frames ?? [];
    const fold = foldFrames({
      protocol: translationOf(records, attempt)?.protocol,
      frames,
      type: attempt ? header(attempt.reply_headers, "content-type") : undefined,
    });
    return answerAt(fold, frames.length - 1);
  }, [page]);
  return (
    <div className="grid gap-3" aria-busy="true" data-testid="compare-running">
      <p className="flex items-center gap-2">
        <StateTag trace={page.trace} />
        <span className="mono">
          <ModelName id={page.trace.model} />
        </span>
        <span className="mono text-ink-3">{duration(Math.max(0, now - page.trace.started_at))}</span>
        <span className="flex-1" />
        <Button small onClick={() => void stopReplay(page.trace.id)}>
          <Square size={12} aria-hidden="true" />
          {t("compare.stop")}
        </Button>
      </p>
      {answer.reasoning ? (
        <p className="insp-message-text text-ink-3" dir="auto" lang="und">
          <Visible text={answer.reasoning} />
        </p>
      ) : null}
      <p className="insp-answer" dir="auto" lang="und">
        <Visible text={answer.text} />
        <span className="caret" aria-hidden="true" />
      </p>
    </div>
  );
}

function Both({ compared, onClose }: { compared: Compared; onClose: () => void }) {
  const { t } = useTranslation("inspector");
  const { before, after } = compared;
  const [same, setSame] = useState(false);
  const crossed = compared.protocols.length > 1;
  return (
    <div className="grid gap-5">
      <div className="insp-both">
        <Side name={t("compare.before")} trace={before} onClose={onClose} />
        <Side name={t("compare.after")} trace={after} onClose={onClose} />
      </div>
      <section aria-label={t("compare.output")}>
        <Output compared={compared} />
      </section>
      <section aria-label={t("compare.figures")}>
        <Heading title={t("compare.figures")} />
        <Figures figures={compared.figures} />
      </section>
      <section aria-label={t("section.parameters")}>
        <Heading
          title={t("section.parameters")}
          small={t("compare.differ", { count: compared.parameters.filter((one) => !one.same).length })}
          end={
            compared.parameters.some((one) => one.same) ? (
              <Button small kind="bare" aria-pressed={same} onClick={() => setSame(!same)}>
                {t("compare.showSame")}
              </Button>
            ) : undefined
          }
        />
        <Parameters parameters={compared.parameters.filter((one) => same || !one.same)} />
      </section>
      <section aria-label={t("section.request")}>
        <Heading
          title={t("compare.request")}
          small={compared.request ? t("compare.differ", { count: compared.request.length }) : undefined}
        />
        {compared.request ? (
          <Differences differences={compared.request} />
        ) : (
          <p className="text-ink-2">{t("compare.crossed", { protocols: compared.protocols.join(", ") })}</p>
        )}
      </section>
      {crossed && compared.asked ? (
        <Part title={t("compare.asked")} count={compared.asked.length}>
          <Differences differences={compared.asked} />
        </Part>
      ) : null}
      {compared.calls.length ? (
        <Part title={t("compare.calls")} count={compared.calls.length}>
          <Differences differences={compared.calls} />
        </Part>
      ) : null}
    </div>
  );
}

function Part({ title, count, children }: { title: string; count: number; children: ReactNode }) {
  const { t } = useTranslation("inspector");
  return (
    <section aria-label={title}>
      <Heading title={title} small={t("compare.differ", { count })} />
      {children}
    </section>
  );
}

interface SideProps {
  name: string;
  trace: Trace;
  onClose: () => void;
}

/** One of the two: how it ended, and the way to its own sheet. */
function Side({ name, trace, onClose }: SideProps) {
  const { t } = useTranslation("inspector");
  const go = useGo();
  const failed = trace.outcome === "failed" && trace.mark ? trace.mark : null;
  return (
    <div className="min-w-0">
      <p className="text-[11px] text-ink-3">{name}</p>
      <p className="flex min-w-0 items-center gap-2">
        <StateTag trace={trace} />
        <span className="mono cut font-strong" title={trace.model}>
          <ModelName id={trace.model} />
        </span>
        <span className="flex-1" />
        <Button
          small
          kind="bare"
          data-testid={`open-${trace.id}`}
          onClick={() => {
            onClose();
            go.trace(trace.id);
          }}
        >
          {t("compare.open")}
        </Button>
      </p>
      {failed ? <FailureWord code={failed} /> : null}
    </div>
  );
}

/** The failure by its code, in words where there are some without names. */
function FailureWord({ code }: { code: string }) {
  const said = useSentences()({ code });
  return <p className="text-error">{said ? <WithCode text={said.title} /> : <code>{code}</code>}</p>;
}
