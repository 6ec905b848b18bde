import { useQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { problemOf } from "../api/client";
import type { TracePage } from "../api/types";
import { Button } from "../ui/Button";
import { ProblemCard } from "../ui/FindingCard";
import { Skeleton } from "../ui/Skeleton";
import { type Anchor, Anchors, useAnchors } from "./Anchors";
import { CostSection } from "./CostSection";
import { lostCount } from "./decisions";
import { DiagnosisSection } from "./diagnosis/DiagnosisSection";
import { countOf, diagnosisOf } from "./diagnosis/findings";
import { foldFrames } from "./fold/fold";
import { Head } from "./Head";
import { LineageSection } from "./LineageSection";
import { useNow, useWidth } from "./measure";
import { ParametersSection } from "./ParametersSection";
import { traceQuery } from "./query";
import { ResponseSection } from "./ResponseSection";
import { type Attempt, header, sortRecords, translationOf } from "./records";
import { Compare } from "./replay/Compare";
import { ReplayEditor } from "./replay/ReplayEditor";
import { useReplaying } from "./replay/replaying";
import { RequestSection } from "./request/RequestSection";
import { useSectionKeys } from "./section-keys";
import { StreamSection } from "./stream/StreamSection";
import { TimelineSection } from "./timeline/TimelineSection";
import { forgetWanted, takeFocusWanted, useWantedSection } from "./wanted";
import "./strings";
import "./inspector.css";
import "./tables.css";
import "./bodies.css";
import "./tools.css";
import "./panels.css";
import "./dialogs.css";

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
/** From here on the three steps of the request stand side by side. */
const WIDE = 980;

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
  const [full, setFull] = useState(false);
  const records = useMemo(() => sortRecords(page.records), [page.records]);
  const [chosen, setChosen] = useState<number | null>(null);
  const [frame, setFrame] = useState<number | null>(null);
  const attempt = records.attempts.find((a) => a.number === chosen) ?? records.attempts.at(-1);
  const translated = translationOf(records, attempt);
  const fold = useFold(attempt, translated?.protocol);
  const diagnosis = useMemo(() => diagnosisOf(records), [records]);
  const replaying = useReplaying(trace.id);
  const { active, go } = useAnchors(scroller, "timeline");
  const asked = useWantedSection();
  const choose = useCallback((number: number) => {
    setChosen(number);
    setFrame(null);
  }, []);

  // A failure is read from its diagnosis; another trace keeps the section that was being read.
  const wanted = useRef("timeline");
  wanted.current = active;
  // biome-ignore lint/correctness/useExhaustiveDependencies: only another trace moves the scroll
  useEffect(() => {
    setChosen(null);
    setFrame(null);
    if (takeFocusWanted()) scroller.current?.focus({ preventScroll: true });
    if (!asked) go(trace.outcome === "failed" ? "diagnosis" : wanted.current);
  }, [trace.id]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a section is asked for once
  useEffect(() => {
    if (!asked) return;
    go(asked);
    forgetWanted();
  }, [asked, trace.id]);

  const anchors: Anchor[] = [
    { id: "timeline" },
    { id: "request" },
    { id: "parameters", lost: lostCount(translated?.decisions ?? []) },
    { id: "stream" },
    { id: "response" },
    { id: "cost" },
    { id: "diagnosis", lost: countOf(diagnosis) },
    { id: "lineage" },
  ];
  useSectionKeys(sheet, anchors, active, go);
  return (
    <div
      className="insp"
      ref={sheet}
      data-tied={tied || undefined}
      data-narrow={narrow || undefined}
      data-full={full || undefined}
      aria-busy={stale}
    >
      <Head
        page={page}
        records={records}
        attempt={attempt}
        translated={translated}
        replaying={replaying}
        now={now}
        narrow={narrow}
        full={full}
        onFull={setFull}
        onClose={onClose}
      />
      <Anchors anchors={anchors} active={active} onGo={go} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scroll box must be reachable by keyboard */}
      <div className="insp-body" ref={scroller} tabIndex={0} data-stale={stale || undefined}>
        <TimelineSection
          trace={trace}
          records={records}
          attempt={attempt}
          onChoose={choose}
          fold={fold}
          frame={frame}
          onFrame={setFrame}
          now={now}
          narrow={narrow}
        />
        <RequestSection
          records={records}
          attempt={attempt}
          translated={translated}
          trace={trace}
          wide={width >= WIDE}
        />
        <ParametersSection translated={translated} narrow={narrow} />
        <StreamSection
          attempt={attempt}
          fold={fold}
          frame={frame}
          onFrame={setFrame}
          live={live}
          narrow={narrow}
        />
        <ResponseSection records={records} attempt={attempt} live={live} />
        <CostSection records={records} trace={trace} />
        <DiagnosisSection diagnosis={diagnosis} attempt={attempt} replaying={replaying} live={live} />
        <LineageSection trace={trace} onCompare={replaying.compare} />
      </div>
      <ReplayEditor traceId={trace.id} replaying={replaying} />
      {replaying.compared ? <Compare pair={replaying.compared} onClose={replaying.close} /> : null}
    </div>
  );
}

/** What the frames of an attempt said, read once for the timeline and the stream. */
function useFold(attempt: Attempt | undefined, protocol: string | undefined) {
  const type = attempt ? header(attempt.reply_headers, "content-type") : undefined;
  const frames = attempt?.frames;
  return useMemo(() => foldFrames({ protocol, frames: frames ?? [], type }), [protocol, frames, type]);
}
