import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type JsonNode, sizeOf } from "../../core/json";
import { argumentsOf, memberOf, type OfferedTool } from "../../core/tools";
import { count } from "../../format";
import { Button } from "../../ui/Button";
import { Tag } from "../../ui/Tag";
import { JsonView, Value } from "../JsonView";
import { Heading } from "../Section";
import { Visible } from "../Visible";

const MOST = 8;
const CHOICES = ["tool_choice", "parallel_tool_calls", "function_call"];

interface OfferedProps {
  tools: readonly OfferedTool[];
  /** The request that offers them. */
  body: JsonNode | null;
  /** The names that the model called, one for each call. */
  called: readonly string[];
}

/** The tools that the model could call, and how it was told to choose. */
export function OfferedTools({ tools, body, called }: OfferedProps) {
  const { t } = useTranslation("inspector");
  const [all, setAll] = useState(false);
  const shown = all ? tools : tools.slice(0, MOST);
  const tokens = tools.reduce((sum, tool) => sum + tool.tokens, 0);
  return (
    <div className="mb-4" data-testid="offered-tools">
      <Heading
        title={t("tools.offered")}
        small={`${t("tools.count", { count: tools.length })} · ${t("request.approximately", { figure: count(tokens) })}`}
      />
      <p className="mb-1 flex flex-wrap gap-x-4">
        {CHOICES.map((name) => ({ name, value: memberOf(body, name) }))
          .filter(({ name, value }) => value || name !== "function_call")
          .map(({ name, value }) => (
            <span key={name} className="mono">
              <span className="text-ink-3">{name}</span>{" "}
              {value ? <Value node={value} /> : <span className="text-ink-3">{t("tools.notSent")}</span>}
            </span>
          ))}
      </p>
      <ul className="insp-tools">
        {shown.map((tool, at) => (
          <Tool key={at} tool={tool} calls={called.filter((name) => name === tool.name).length} />
        ))}
      </ul>
      {shown.length < tools.length ? (
        <Button small className="mt-2" onClick={() => setAll(true)}>
          {t("tools.more", { count: tools.length - shown.length })}
        </Button>
      ) : null}
    </div>
  );
}

function Tool({ tool, calls }: { tool: OfferedTool; calls: number }) {
  const { t } = useTranslation("inspector");
  const { schema } = tool;
  const open = schema ?? tool.node;
  return (
    <li>
      <p className="flex items-baseline gap-2">
        <span className="mono min-w-0 break-words">
          <b>
            <Visible text={tool.name} />
          </b>
          {schema ? <Signature tool={tool} /> : null}
        </span>
        {tool.kind === "function" ? null : <Tag>{tool.kind}</Tag>}
        {calls ? <Tag tone="ok">{t("tools.called", { count: calls })}</Tag> : null}
        <span className="mono ml-auto whitespace-nowrap text-ink-3">
          {t("request.approximately", { figure: count(tool.tokens) })}
        </span>
      </p>
      {tool.description ? (
        <p className="insp-message-text" dir="auto" lang="und">
          <Visible text={tool.description} />
        </p>
      ) : null}
      <details className="insp-more">
        <summary>
          {schema
            ? t("tools.schema", { count: argumentsOf(schema).length })
            : t("tools.whole", { count: sizeOf(open) })}
        </summary>
        <JsonView node={open} open={3} />
      </details>
    </li>
  );
}

/** The names of its arguments as a programmer would write them: optional ones with `?`. */
function Signature({ tool }: { tool: OfferedTool }) {
  const named = argumentsOf(tool.schema).map(({ name, required }) => (required ? name : `${name}?`));
  return (
    <span className="text-ink-3">
      (<Visible text={named.join(", ")} />)
    </span>
  );
}
