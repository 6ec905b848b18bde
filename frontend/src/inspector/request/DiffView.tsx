import { Fragment } from "react";
import { useTranslation } from "react-i18next";
import { isContainer, sizeOf, writeJson } from "../../core/json";
import type { DiffLine } from "../diff";
import { Key, Summary, Value } from "../JsonView";
import { Place } from "../Place";
import type { Decision } from "../records";
import { Visible } from "../Visible";

const SHORT = 64;
const WORD = { "+": "added", "−": "dropped", "~": "changed" } as const;

interface DiffViewProps {
  lines: DiffLine[];
  decisions: readonly Decision[];
}

/** Asked against sent: a sign and a wash per line, and under a change the line that caused it. */
export function DiffView({ lines, decisions }: DiffViewProps) {
  return (
    <div className="js diff" dir="ltr" lang="und">
      {lines.map((line, at) => {
        const head = headOf(lines, at);
        return (
          <Fragment key={at}>
            <DiffRow line={line} />
            {head ? <Note line={head} decision={decisionFor(head, decisions)} /> : null}
          </Fragment>
        );
      })}
    </div>
  );
}

/** The line whose note hangs under this one: itself, or the head of the block that ends here. */
function headOf(lines: DiffLine[], at: number): DiffLine | null {
  const line = lines[at];
  if (!line) return null;
  if (line.node) return line;
  if (line.bracket !== "}" && line.bracket !== "]") return null;
  if (line.sign === " ") return null;
  for (let i = at - 1; i >= 0; i--) if (lines[i]?.depth === line.depth) return lines[i] ?? null;
  return null;
}

function decisionFor(line: DiffLine, decisions: readonly Decision[]): Decision | undefined {
  if (!line.first || line.sign === " ") return undefined;
  return decisions.find((decision) =>
    line.sign === "−" ? decision.name === line.key : (decision.sent_as ?? decision.name) === line.key,
  );
}

function DiffRow({ line }: { line: DiffLine }) {
  const { t } = useTranslation("inspector");
  const { sign, node } = line;
  const folded = node && isContainer(node) && sizeOf(node) > 0 && writeJson(node).length > SHORT;
  const [left, right] = node?.kind === "object" ? ["{", "}"] : ["[", "]"];
  return (
    <div className="js-line" data-sign={sign === " " ? undefined : WORD[sign]}>
      <i>
        <span aria-hidden="true">{sign}</span>
        {sign === " " ? null : <span className="sr-only">{t(`diff.${WORD[sign]}`)}</span>}
      </i>
      <span className="js-text" style={{ paddingLeft: line.depth * 14 }}>
        {line.key === undefined ? null : <Key name={line.key} />}
        {line.bracket ?? null}
        {node && folded ? (
          <>
            {left} <Summary node={node} /> {right}
          </>
        ) : null}
        {node && !folded ? <Value node={node} /> : null}
        {line.comma ? "," : ""}
      </span>
    </div>
  );
}

function Note({ line, decision }: { line: DiffLine; decision?: Decision }) {
  const { t } = useTranslation("inspector");
  if (line.sign === " " || (!decision && !line.was && !line.wasKey && line.moved === undefined)) return null;
  const reason = decision?.note ?? decision?.because.why ?? decision?.because.rule;
  return (
    <p className="js-note" style={{ paddingLeft: 40 + line.depth * 14 }}>
      {line.moved !== undefined ? (
        <>
          {t(line.sign === "−" ? "diff.movedTo" : "diff.movedFrom")}{" "}
          <code>
            <Visible text={line.moved} />
          </code>
        </>
      ) : line.wasKey ? (
        <>
          {t("diff.was")} <code>{line.wasKey}</code>
        </>
      ) : line.was ? (
        <>
          {t("diff.was")}{" "}
          <code>
            <Visible text={writeJson(line.was).slice(0, 120)} />
          </code>
        </>
      ) : null}
      {decision ? (
        <>
          {line.wasKey || line.was || line.moved !== undefined ? " · " : null}
          {reason ? (
            <>
              <Visible text={reason} />{" "}
            </>
          ) : null}
          <Place because={decision.because} />
        </>
      ) : null}
    </p>
  );
}
