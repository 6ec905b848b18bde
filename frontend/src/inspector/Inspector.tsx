import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { problemOf } from "../api/client";
import type { TracePage } from "../api/types";
import { Button } from "../ui/Button";
import { ProblemCard } from "../ui/FindingCard";
import { Skeleton } from "../ui/Skeleton";
import { type Anchor, Anchors, useAnchors } from "./Anchors";
import { CostSection } from "./CostSection";
import { DiagnosisSection, diagnosisOf } from "./DiagnosisSection";
import { lostCount } from "./decisions";
import { Head } from "./Head";
import { useNow, useWidth } from "./measure";
import { ParametersSection } from "./ParametersSection";
import { traceQuery } from "./query";
import { ResponseSection } from "./ResponseSection";
import { sortRecords, translationOf } from "./records";
import { RequestSection } from "./request/RequestSection";
import { StreamSection } from "./StreamSection";
import { TimelineSection } from "./timeline/TimelineSection";
import "./inspector.css";
import "./tables.css";
import "./bodies.css";
import "./tools.css";

/**
 * The room draws the surface (an aside with its edge, width and resize handle; on a phone a sheet with
 * its grip); the inspector fills it: height 100%, its own header and scrolling body.
 */
export interface InspectorProps {
  traceId: string;
  onClose: () => void;
  /** A line of ochre leads from an answer to this sheet. */
  tied?: boolean;
}

/** Below this the parameter table does not fit and becomes rows of two lines. */
const NARROW = 520;

export default function Inspector({ traceId, onClose, tied = false }: InspectorProps) {
  const { t } = useTranslation("inspector");
  const query = useQuery(traceQuery(traceId));
  if (query.data)
    return <Opened page={query.data} stale={query.isPlaceholderData} tied={tied} onClose={onClose} />;
  return (
    <div className="insp p-4">
      {query.isError ? (
        <ProblemCard
          problem={problemOf(query.error)}
          actions={
            <>
              <Button onClick={() => void query.refetch()}>{t("retry")}</Button>
              <Button onClick={onClose}>{t("close")}</Button>
            </>
          }
        />
      ) : (
        <Skeleton rows={12} label={t("loading")} />
      )}
    </div>
  );
}

interface OpenedProps {
  page: TracePage;
  stale: boolean;
  tied: boolean;
  onClose: () => void;
}

function Opened({ page, stale, tied, onClose }: OpenedProps) {
  const { trace } = page;
  const live = trace.outcome === "live";
  const now = useNow(live);
  const sheet = useRef<HTMLDivElement>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const width = useWidth(sheet);
  const narrow = width > 0 && width < NARROW;
  const records = useMemo(() => sortRecords(page.records), [page.records]);
  const [chosen, setChosen] = useState<number | null>(null);
  const attempt = records.attempts.find((a) => a.number === chosen) ?? records.attempts.at(-1);
  const translated = translationOf(records, attempt);
  const diagnosis = useMemo(() => diagnosisOf(records), [records]);
  const { active, go } = useAnchors(scroller, "timeline");

  // A failure is read from its diagnosis; another trace keeps the section that was being read.
  const wanted = useRef("timeline");
  wanted.current = active;
  // biome-ignore lint/correctness/useExhaustiveDependencies: only another trace moves the scroll
  useEffect(() => {
    setChosen(null);
    go(trace.outcome === "failed" ? "diagnosis" : wanted.current);
  }, [trace.id]);

  const anchors: Anchor[] = [
    { id: "timeline" },
    { id: "request" },
    { id: "parameters", lost: lostCount(translated?.decisions ?? []) },
    { id: "stream" },
    { id: "response" },
    { id: "cost" },
  ];
  if (diagnosis.shown) anchors.push({ id: "diagnosis", lost: diagnosis.findings.length || 1 });
  return (
    <div
      className="insp"
      ref={sheet}
      data-tied={tied || undefined}
      data-narrow={narrow || undefined}
      aria-busy={stale}
    >
      <Head page={page} records={records} attempt={attempt} now={now} narrow={narrow} onClose={onClose} />
      <Anchors anchors={anchors} active={active} onGo={go} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scroll box must be reachable by keyboard */}
      <div className="insp-body" ref={scroller} tabIndex={0} data-stale={stale || undefined}>
        <TimelineSection
          trace={trace}
          records={records}
          attempt={attempt}
          onChoose={setChosen}
          now={now}
          narrow={narrow}
        />
        <RequestSection records={records} attempt={attempt} translated={translated} trace={trace} />
        <ParametersSection translated={translated} narrow={narrow} />
        <StreamSection attempt={attempt} live={live} narrow={narrow} />
        <ResponseSection records={records} attempt={attempt} live={live} />
        <CostSection records={records} trace={trace} />
        {diagnosis.shown ? <DiagnosisSection diagnosis={diagnosis} attempt={attempt} /> : null}
      </div>
    </div>
  );
}
