import { useMutation, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { ChevronDown, ChevronUp, FileText, RotateCw } from "lucide-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { change, problemOf } from "../../../api/client";
import { configQuery, endpointsQuery, queries } from "../../../api/queries";
import type { ConfigFile, ConfigRead } from "../../../api/types";
import { keysOf } from "../../../app/keys";
import { useLayout } from "../../../app/page-state";
import { useShortcuts } from "../../../app/shortcuts";
import { clock } from "../../../format";
import { Button } from "../../../ui/Button";
import { ProblemCard } from "../../../ui/FindingCard";
import { IconButton } from "../../../ui/IconButton";
import { Skeleton } from "../../../ui/Skeleton";
import { Verdicts } from "../Verdicts";
import { CodeView } from "./CodeView";
import { FaultBanner } from "./FaultBanner";
import { Included } from "./Included";
import { NoFile } from "./NoFile";
import { Routes } from "./Routes";
import { Variables } from "./Variables";
import { firstLine, LEVELS, type Level, levelOf, stepFrom, TONE } from "./verdicts";
import "./around.css";
import "./config.css";
import "./strings";

interface ConfigPageProps {
  /** The address: the line that is looked at, and which level alone. */
  search: Record<string, unknown>;
}

/** The configuration file as it stands, with what is said of each line. It follows the file while it is open. */
export default function ConfigPage({ search }: ConfigPageProps) {
  const { t } = useTranslation("config");
  const { data: config, error, refetch } = useQuery(configQuery);
  if (error && !config)
    return (
      <div className="p-6">
        <ProblemCard
          problem={problemOf(error)}
          actions={<Button onClick={() => void refetch()}>{t("retry", { ns: "common" })}</Button>}
        />
      </div>
    );
  if (!config) return <Skeleton rows={20} label={t("loading")} />;
  return <Page config={config} search={search} />;
}

function Page({ config, search }: { config: ConfigFile; search: Record<string, unknown> }) {
  const { t } = useTranslation("config");
  const navigate = useNavigate();
  const phone = useLayout() === "phone";
  const { data: endpoints } = useQuery(endpointsQuery);
  const level = levelOf(search.level);
  const asked = Number(search.line) || null;
  const [closed, setClosed] = useState(false);
  const shown = useMemo(
    () => config.verdicts.filter((verdict) => level === null || verdict.level === level),
    [config.verdicts, level],
  );
  const current = asked ?? (closed ? null : firstLine(shown));
  const go = (line: number | null, wanted: Level | null = level) => {
    setClosed(line === null);
    void navigate({
      to: "/endpoints",
      search: { view: "config", ...(wanted ? { level: wanted } : {}), ...(line ? { line } : {}) },
      replace: true,
      resetScroll: false,
    });
  };
  const step = (direction: 1 | -1) => {
    const next = stepFrom([...new Set(shown.map((verdict) => verdict.line))], current, direction);
    if (next !== null) go(next);
  };
  useShortcuts({ nextMessage: () => step(1), previousMessage: () => step(-1) });
  return (
    <article className="cf" data-phone={phone || undefined} aria-labelledby="cf-name">
      <header className="cf-head">
        <h2 id="cf-name" className="mono" title={config.path ?? undefined}>
          <FileText size={16} strokeWidth={1.75} className="text-ink-3" aria-hidden="true" />
          {config.file ?? t("none.name")}
        </h2>
        {config.file ? <Counts config={config} level={level} onLevel={(wanted) => go(null, wanted)} /> : null}
        <span className="flex-1" />
        {shown.length > 0 ? (
          <span className="flex">
            <IconButton small label={t("previous")} keys={keysOf("previousMessage")} onClick={() => step(-1)}>
              <ChevronUp size={16} />
            </IconButton>
            <IconButton small label={t("next")} keys={keysOf("nextMessage")} onClick={() => step(1)}>
              <ChevronDown size={16} />
            </IconButton>
          </span>
        ) : null}
        <ReadAgain />
      </header>
      <FaultBanner config={config} onChoose={go} />
      {config.file === null ? <NoFile config={config} /> : null}
      {phone && config.verdicts.length > 0 ? (
        <Verdicts config={{ ...config, verdicts: shown }} current={current} onChoose={go} />
      ) : null}
      {config.text === null ? null : (
        <CodeView
          config={{ ...config, text: config.text }}
          endpoints={endpoints ?? []}
          level={level}
          current={current}
          onChoose={go}
          inline={!phone}
        />
      )}
      {config.text === null && config.file !== null && !phone ? (
        <Verdicts config={config} current={null} onChoose={go} />
      ) : null}
      <Included config={config} endpoints={endpoints ?? []} level={level} inline={!phone} />
      <Routes />
      <Variables variables={config.variables} onChoose={go} />
    </article>
  );
}

/** How many things there are to say; each count shows these alone, and once more all. */
function Counts({
  config,
  level,
  onLevel,
}: {
  config: ConfigFile;
  level: Level | null;
  onLevel: (level: Level | null) => void;
}) {
  const { t } = useTranslation("config");
  return (
    <fieldset className="cf-counts">
      <legend className="sr-only">{t("filter")}</legend>
      {LEVELS.map((one) => {
        const count = config.counts[one];
        return (
          <button
            key={one}
            type="button"
            aria-pressed={level === one}
            disabled={count === 0 && level !== one}
            onClick={() => onLevel(level === one ? null : one)}
          >
            <b className={count ? TONE[one] : ""}>{count}</b> {t(`count.${one}`, { count })}
          </button>
        );
      })}
      <span>{t("count.valid", { count: config.counts.valid })}</span>
      {config.runs.since && !config.runs.fault ? (
        <span className="text-ink-3">{t("runsSince", { time: clock(config.runs.since) })}</span>
      ) : null}
    </fieldset>
  );
}

/** The file is looked at every second; this is for who would rather not believe it. */
function ReadAgain() {
  const { t } = useTranslation("config");
  const read = useMutation({
    mutationFn: () => change<ConfigRead>("POST", "/api/config/reload"),
    onSettled: () => void queries.invalidateQueries(),
  });
  const told = read.data ? t(`read.${read.data.result}`) : read.error ? problemOf(read.error).message : "";
  return (
    <span className="flex items-center gap-2">
      <span role="status" className={`text-xs ${read.error ? "text-error" : "text-ink-3"}`}>
        {told}
      </span>
      <Button small disabled={read.isPending} onClick={() => read.mutate()}>
        <RotateCw size={14} aria-hidden="true" />
        {t("readAgain")}
      </Button>
    </span>
  );
}
