import { TriangleAlert } from "lucide-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { readJson } from "../core/json";
import { argumentFaults, type OfferedTool } from "../core/tools";
import { bytes } from "../format";
import { CopyButton } from "../ui/CopyButton";
import { RawText } from "./BodyView";
import { JsonView } from "./JsonView";
import type { Part } from "./records";
import { Visible } from "./Visible";

interface CallsProps {
  calls: readonly Part[];
  offered: readonly OfferedTool[];
}

/** The tools that the model called, in its order, and whether they fit what was offered. */
export function Calls({ calls, offered }: CallsProps) {
  return (
    <ol className="mt-2 grid gap-3">
      {calls.map((call, at) => (
        <Call key={at} call={call} number={at + 1} of={calls.length} offered={offered} />
      ))}
    </ol>
  );
}

interface CallProps {
  call: Part;
  number: number;
  of: number;
  offered: readonly OfferedTool[];
}

function Call({ call, number, of, offered }: CallProps) {
  const { t } = useTranslation("inspector");
  const text = call.arguments ?? "";
  const tool = offered.find(({ name }) => name === call.name);
  const node = useMemo(() => readJson(text), [text]);
  const faults = useMemo(() => argumentFaults(text, tool?.schema ?? null), [text, tool]);
  return (
    <li data-testid="response-call">
      <p className="mb-1 flex flex-wrap items-center gap-x-2">
        <span className="text-ink-2">
          {of > 1 ? t("tools.callOf", { number, of }) : t("response.toolCall")}
        </span>
        <b className="mono break-all">
          <Visible text={call.name ?? ""} />
        </b>
        <span className="mono break-all text-ink-3">{call.id}</span>
        <span className="mono text-ink-3">{bytes(new TextEncoder().encode(text).length)}</span>
        <span className="flex-1" />
        <CopyButton text={text} word={t("tools.copy")} />
      </p>
      {tool || offered.length === 0 ? null : <Fault words={t("tools.fault.notOffered")} />}
      {faults.map((fault, at) => (
        <Fault key={at} words={t(`tools.fault.${fault.kind}`, { ...fault })} />
      ))}
      {node ? (
        <div className="insp-pair">
          <div>
            <p className="text-ink-3">{t("tools.read")}</p>
            <div className="insp-laid">
              <JsonView node={node} open={3} />
            </div>
          </div>
          <div>
            <p className="text-ink-3">{t("tools.written")}</p>
            <RawText text={text} />
          </div>
        </div>
      ) : text ? (
        <RawText text={text} />
      ) : (
        <p className="text-ink-3">{t("tools.noArguments")}</p>
      )}
    </li>
  );
}

function Fault({ words }: { words: string }) {
  return (
    <p className="insp-fault">
      <TriangleAlert size={14} strokeWidth={1.75} aria-hidden="true" />
      <span>
        <Visible text={words} />
      </span>
    </p>
  );
}
