import { useQuery } from "@tanstack/react-query";
import { Search, X } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { keysQuery } from "../../api/queries";
import { count } from "../../format";
import { Choice } from "../../inspector/Choice";
import { Button } from "../../ui/Button";
import { type Filter, isFiltered } from "./useTraces";
import type { AxisMode } from "./waterfall";

interface FilterBarProps {
  filter: Filter;
  onChange: (filter: Filter) => void;
  listed: number;
  total: number;
  /** Whether new traces come in by themselves. */
  live: boolean;
  mode: AxisMode;
  onMode?: (mode: AxisMode) => void;
}

const CALLERS = ["chat", "gateway", "title", "cli"];

export function FilterBar({ filter, onChange, listed, total, live, mode, onMode }: FilterBarProps) {
  const { t } = useTranslation("traces");
  const [words, setWords] = useState(filter.q ?? "");
  useEffect(() => setWords(filter.q ?? ""), [filter.q]);
  useEffect(() => {
    const q = words.trim() || undefined;
    if (q === filter.q) return;
    const timer = setTimeout(() => onChange({ ...filter, q }), 200);
    return () => clearTimeout(timer);
  }, [words, filter, onChange]);
  return (
    <search className="tr-filter">
      <div className="field min-w-48 flex-1">
        <Search size={14} className="text-ink-3" aria-hidden="true" />
        <input
          type="text"
          value={words}
          placeholder={t("filterPlaceholder")}
          aria-label={t("filterLabel")}
          onChange={(event) => setWords(event.target.value)}
        />
        <span className="mono text-ink-3" role="status">
          {t("listedOf", { listed: count(listed), total: count(total) })}
        </span>
        {words ? (
          <button
            type="button"
            className="btn bare sm ic"
            aria-label={t("clearText")}
            onClick={() => setWords("")}
          >
            <X size={14} />
          </button>
        ) : null}
      </div>
      <Button
        className="h-8!"
        aria-pressed={Boolean(filter.failed)}
        onClick={() => onChange({ ...filter, failed: !filter.failed || undefined })}
      >
        {t("failedOnly")}
      </Button>
      <label className="field h-8! text-xs">
        <span className="text-ink-3">{t("caller")}</span>
        <select
          className="bg-transparent outline-none"
          value={filter.caller ?? ""}
          onChange={(event) => onChange({ ...filter, caller: event.target.value || undefined })}
        >
          <option value="">{t("anyCaller")}</option>
          {CALLERS.map((caller) => (
            <option key={caller} value={caller}>
              {t(`callers.${caller}`)}
            </option>
          ))}
        </select>
      </label>
      {filter.key ? <OfKey id={filter.key} onEnd={() => onChange({ ...filter, key: undefined })} /> : null}
      {isFiltered(filter) ? (
        <Button kind="bare" className="h-8!" onClick={() => onChange({})}>
          {t("clear")}
        </Button>
      ) : null}
      {onMode ? (
        <Choice
          label={t("axis.label")}
          value={mode}
          onChange={onMode}
          options={[
            { value: "clock", text: t("axis.clock") },
            { value: "start", text: t("axis.start") },
          ]}
        />
      ) : null}
      <span
        className={`tag self-center ${live ? "" : "text-ink-3"}`}
        data-tone={live ? "live" : "plain"}
        title={t(live ? "liveHint" : "pollHint")}
      >
        <span className={`dot ${live ? "beat" : "ring"}`} aria-hidden="true" />
        {t(live ? "live" : "polled")}
      </span>
    </search>
  );
}

/** The key whose traces are listed, which is chosen in Settings. */
function OfKey({ id, onEnd }: { id: string; onEnd: () => void }) {
  const { t } = useTranslation("traces");
  const { data } = useQuery(keysQuery);
  const name = data?.keys.find((key) => key.id === id)?.name ?? id;
  return (
    <Button className="h-8! max-w-60" aria-label={t("endKey", { name })} onClick={onEnd}>
      <span className="text-ink-3">{t("key")}</span>
      <span className="cut">{name}</span>
      <X size={14} strokeWidth={1.75} aria-hidden="true" />
    </Button>
  );
}
