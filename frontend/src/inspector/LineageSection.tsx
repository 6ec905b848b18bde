import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { problemOf } from "../api/client";
import type { Trace } from "../api/types";
import { clock, duration } from "../format";
import { Button } from "../ui/Button";
import { ProblemCard } from "../ui/FindingCard";
import { Skeleton } from "../ui/Skeleton";
import { asJson } from "./decisions";
import { isPlain, useGo } from "./go";
import { costOf, StateTag } from "./Head";
import { ModelName } from "./ModelName";
import { lineageQuery, type Relative } from "./replay/api";
import type { Pair } from "./replay/replaying";
import { Section } from "./Section";
import { Visible } from "./Visible";

interface LineageProps {
  trace: Trace;
  onCompare: (pair: Pair) => void;
}

/** Where this request comes from, what else answered the same message, and what was sent again. */
export function LineageSection({ trace, onCompare }: LineageProps) {
  const { t } = useTranslation("inspector");
  const { data, error } = useQuery(lineageQuery(trace.id, trace.outcome === "live"));
  const alone = data && !data.parent_id && data.siblings.length === 0 && data.replays.length === 0;
  return (
    <Section id="lineage" title={t("section.lineage")}>
      {error ? <ProblemCard problem={problemOf(error)} /> : null}
      {!data && !error ? <Skeleton rows={2} /> : null}
      {alone ? <p className="text-ink-2">{t("lineage.alone")}</p> : null}
      {data?.parent_id ? (
        <Group title={t(data.manner === "wire" ? "lineage.parentWire" : "lineage.parent")}>
          {data.parent ? (
            <RelativeRow
              relative={{ ...data.parent, changes: data.changes }}
              pair={{ before: data.parent_id, after: trace.id }}
              onCompare={onCompare}
            />
          ) : (
            <li className="text-ink-2">{t("lineage.parentGone", { id: data.parent_id })}</li>
          )}
        </Group>
      ) : null}
      {data?.replays.length ? (
        <Group title={t("lineage.replays", { count: data.replays.length })}>
          {data.replays.map((one) => (
            <RelativeRow
              key={one.trace.id}
              relative={one}
              pair={{ before: trace.id, after: one.trace.id }}
              onCompare={onCompare}
            />
          ))}
        </Group>
      ) : null}
      {data?.siblings.length ? (
        <Group title={t("lineage.siblings", { count: data.siblings.length })}>
          {data.siblings.map((one) => (
            <RelativeRow
              key={one.trace.id}
              relative={one}
              pair={{ before: trace.id, after: one.trace.id }}
              onCompare={onCompare}
            />
          ))}
        </Group>
      ) : null}
    </Section>
  );
}

function Group({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <div className="mb-3">
      <h4 className="insp-sub">{title}</h4>
      <ul className="insp-kin">{children}</ul>
    </div>
  );
}

interface RowProps {
  relative: Relative;
  pair: Pair;
  onCompare: (pair: Pair) => void;
}

function RelativeRow({ relative, pair, onCompare }: RowProps) {
  const { t } = useTranslation("inspector");
  const go = useGo();
  const { trace } = relative;
  const live = trace.outcome === "live";
  const missing = t(live ? "notYet" : "unknown");
  return (
    <li data-testid="relative">
      <p className="flex min-w-0 flex-wrap items-center gap-x-2 gap-y-1">
        <StateTag trace={trace} />
        <a
          className="link mono cut"
          href={go.traceHref(trace.id)}
          onClick={(event) => {
            if (!isPlain(event)) return;
            event.preventDefault();
            go.trace(trace.id);
          }}
        >
          <ModelName id={trace.model} />
        </a>
        <span className="mono text-ink-3">
          {[
            clock(trace.started_at),
            trace.total === null ? null : duration(trace.total),
            costOf(trace, t, trace.estimated, missing),
          ]
            .filter(Boolean)
            .join(" · ")}
        </span>
        <span className="flex-1" />
        <Button small kind="bare" onClick={() => onCompare(pair)}>
          {t("lineage.compare")}
        </Button>
      </p>
      <Changed relative={relative} />
    </li>
  );
}

const LONGEST = 60;
const shortJson = (value: unknown) => {
  const text = asJson(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
};

/** What is different: what a replay was told to change, else what differs on the wire. */
function Changed({ relative }: { relative: Relative }) {
  const { t } = useTranslation("inspector");
  const told = relative.changes.map(({ name, before, after }) => ({ name, before, after }));
  const wire = relative.parameters.map(({ path, before, after }) => ({ name: path, before, after }));
  const all = told.length ? told : wire;
  if (all.length === 0) return <p className="text-ink-3">{t("lineage.same")}</p>;
  return (
    <p className="mono flex flex-wrap gap-x-3 text-ink-2">
      {all.map(({ name, before, after }) => {
        const [old, now] = [shortJson(before), shortJson(after)];
        const word = t(`lineage.part.${name}`, { defaultValue: name });
        return (
          <span key={name} className="break-all">
            <Visible text={word} />
            {old || now ? ": " : ` ${t("lineage.changed")}`}
            {old ? (
              <s>
                <Visible text={old} />
              </s>
            ) : null}
            {old && now ? " → " : null}
            {now ? <Visible text={now} /> : old ? ` → ${t("parameters.notSent")}` : null}
          </span>
        );
      })}
    </p>
  );
}
