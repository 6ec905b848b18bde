import { type CSSProperties, memo, type ReactNode, useLayoutEffect, useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { ConfigFile, Endpoint, Verdict } from "../../../api/types";
import { Visible } from "../../../inspector/Visible";
import { needsTitle, useSaid } from "./said";
import { VerdictCard } from "./VerdictCard";
import { byLine, type Level, linesOf, SIGN, TONE, underlined } from "./verdicts";
import { type Token, tokenLines } from "./yaml";

interface CodeViewProps {
  config: ConfigFile & { text: string };
  endpoints: Endpoint[];
  /** Only marks of this level are shown; null for all. */
  level: Level | null;
  /** The line that is looked at; its verdicts are open beneath it. */
  current: number | null;
  onChoose: (line: number | null) => void;
  /** Whether what is said stands under its line; on a phone it stands in the list. */
  inline: boolean;
}

/** Blocks of lines that are out of sight are not laid out: a file of 1,200 lines scrolls as one of 40. */
const BLOCK = 50;

/** The file, read only: a number, a mark and the code in each line, and what is said of it beneath. */
export function CodeView({ config, endpoints, level, current, onChoose, inline }: CodeViewProps) {
  const { t } = useTranslation("config");
  const { of } = useSaid();
  const box = useRef<HTMLElement>(null);
  const lines = useMemo(() => linesOf(config.text), [config.text]);
  const tokens = useMemo(() => tokenLines(lines), [lines]);
  const verdicts = useMemo(
    () => byLine(config.verdicts.filter((verdict) => level === null || verdict.level === level)),
    [config.verdicts, level],
  );
  const found = useMemo(() => {
    const here = endpoints.filter((endpoint) => endpoint.origin.source === config.file);
    return new Map(here.map((endpoint) => [endpoint.origin.line ?? 0, endpoint]));
  }, [endpoints, config.file]);
  const titleOf = (first: Verdict | undefined) =>
    first ? of(first.code, config.codes[first.code]).title : null;
  const longest = useMemo(() => Math.max(40, ...lines.map((line) => line.length)), [lines]);
  useShown(box, current);
  const blocks = Array.from({ length: Math.ceil(lines.length / BLOCK) }, (_, at) => at * BLOCK);
  return (
    <section
      ref={box}
      className="cf-code"
      aria-label={t("code", { file: config.file })}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
      tabIndex={0}
      data-testid="config-code"
    >
      <div style={{ "--longest": longest } as CSSProperties} className="cf-lines">
        {blocks.map((first) => (
          <div key={first} className="cf-block">
            {lines.slice(first, first + BLOCK).map((line, at) => {
              const number = first + at + 1;
              const here = verdicts.get(number);
              return (
                <Line
                  key={number}
                  number={number}
                  line={line}
                  tokens={tokens[number - 1] ?? []}
                  verdicts={here}
                  title={titleOf(here?.[0])}
                  endpoint={config.runs.fault ? undefined : found.get(number)}
                  current={number === current}
                  onChoose={onChoose}
                >
                  {inline && here && number === current ? (
                    <div className="cf-inline">
                      {here.map((verdict, index) => (
                        <VerdictCard
                          key={index}
                          verdict={verdict}
                          code={config.codes[verdict.code]}
                          again={here.findIndex((other) => other.code === verdict.code) < index}
                        />
                      ))}
                    </div>
                  ) : null}
                </Line>
              );
            })}
          </div>
        ))}
      </div>
    </section>
  );
}

/**
 * Brings the line that is looked at into view, with what stands beneath it; once for each line. Only the box is
 * scrolled, and once more when the blocks above the line have got their true height.
 */
function useShown(box: React.RefObject<HTMLElement | null>, current: number | null): void {
  useLayoutEffect(() => {
    if (current === null) return;
    show(box.current, current);
    const later = requestAnimationFrame(() => show(box.current, current));
    return () => cancelAnimationFrame(later);
  }, [box, current]);
}

function show(box: HTMLElement | null, number: number): void {
  const line = box?.querySelector(`[data-line="${number}"]`);
  if (!box || !line) return;
  const [inner, outer] = [line.getBoundingClientRect(), box.getBoundingClientRect()];
  if (inner.top >= outer.top + 4 && inner.bottom <= outer.bottom - 4) return;
  box.scrollTop += inner.top - outer.top - Math.max(44, (outer.height - inner.height) / 2);
}

interface LineProps {
  number: number;
  line: string;
  tokens: Token[];
  verdicts: Verdict[] | undefined;
  title: string | null;
  endpoint: Endpoint | undefined;
  current: boolean;
  onChoose: (line: number | null) => void;
  children: ReactNode;
}

const Line = memo(function Line({
  number,
  line,
  tokens,
  verdicts,
  title,
  endpoint,
  current,
  onChoose,
  children,
}: LineProps) {
  const first = verdicts?.[0];
  return (
    <div className="cf-row" data-line={number} data-level={first?.level} data-current={current || undefined}>
      <div className="cf-line">
        <button
          type="button"
          className="cf-no"
          tabIndex={-1}
          onClick={() => onChoose(current ? null : number)}
        >
          {number}
        </button>
        <Mark
          number={number}
          line={line}
          verdicts={verdicts}
          title={title}
          endpoint={endpoint}
          {...{ current, onChoose }}
        />
        <code>
          <Coloured tokens={tokens} mark={first ? [underlined(first, line), first.level] : null} />
        </code>
        {current && children ? null : <Remark first={first} title={title} endpoint={endpoint} />}
      </div>
      {children}
    </div>
  );
});

/** What is said of a line, as a sign: × an error, ! no effect, i a note, ✓ an endpoint that is ready. */
function Mark({
  number,
  line,
  verdicts,
  title,
  endpoint,
  current,
  onChoose,
}: Omit<LineProps, "tokens" | "children">) {
  const { t, i18n } = useTranslation("config");
  const first = verdicts?.[0];
  if (first)
    return (
      <button
        type="button"
        className={`cf-mark ${TONE[first.level]}`}
        aria-expanded={current}
        aria-label={t("mark", {
          line: number,
          level: t(`level.${first.level}`),
          message: needsTitle(i18n) ? title : first.message,
        })}
        data-testid="config-mark"
        onClick={() => onChoose(current ? null : number)}
      >
        {SIGN[first.level]}
      </button>
    );
  if (endpoint?.state === "ready")
    return (
      <span className="cf-mark text-ok" aria-hidden="true">
        ✓
      </span>
    );
  const blank = /^\s*(#|$)/.test(line);
  return (
    <span className="cf-mark cf-tick" aria-hidden="true">
      {blank ? "" : "·"}
    </span>
  );
}

function Remark({
  first,
  title,
  endpoint,
}: {
  first: Verdict | undefined;
  title: string | null;
  endpoint: Endpoint | undefined;
}) {
  const { t } = useTranslation(["config", "endpoints"]);
  if (first) return <em className={TONE[first.level]}>{title}</em>;
  if (!endpoint) return null;
  return (
    <em>
      {endpoint.state === "ready"
        ? `${t("endpoints:state.ready")} · ${t("endpoints:modelCount", { count: endpoint.models.length })}`
        : t(`endpoints:state.${endpoint.state}`)}
    </em>
  );
}

/** The line in colours, with a wave under what the verdict means. */
const Coloured = memo(function Coloured({
  tokens,
  mark,
}: {
  tokens: Token[];
  mark: [[number, number], Level] | null;
}) {
  const pieces: ReactNode[] = [];
  let at = 0;
  for (const { kind, text } of tokens) {
    const [from, to] = mark ? mark[0].map((place) => clamp(place - at, text.length)) : [0, 0];
    const parts = [text.slice(0, from), text.slice(from, to), text.slice(to)];
    parts.forEach((part, index) => {
      if (!part) return;
      pieces.push(
        <span key={pieces.length} className={`cf-${kind}`} data-wave={index === 1 ? mark?.[1] : undefined}>
          <Visible text={part} />
        </span>,
      );
    });
    at += text.length;
  }
  return pieces;
});

function clamp(place: number, most: number): number {
  return Math.max(0, Math.min(most, place));
}
