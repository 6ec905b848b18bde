import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { JsonNode } from "../../core/json";
import { Choice } from "../Choice";
import { countSigns, diffJson } from "../diff";
import type { Assembled } from "../records";
import { DiffView } from "./DiffView";
import { AssembledMessages } from "./Messages";

interface AssembledStepProps {
  assembled: Assembled;
  asked: JsonNode | null;
  /** The request with all its messages, in the shape in which it was asked. */
  made: JsonNode | null;
}

/** Step 2: the messages that will be sent, each with its origin, or how they differ from what was asked. */
export function AssembledStep({ assembled, asked, made }: AssembledStepProps) {
  const { t } = useTranslation("inspector");
  const [view, setView] = useState<"messages" | "diff">("messages");
  const lines = useMemo(() => (asked && made ? diffJson(asked, made) : null), [asked, made]);
  const counts = lines ? countSigns(lines) : null;
  return (
    <div className="grid gap-2">
      {counts ? (
        <div className="flex flex-wrap items-center gap-2 text-xs text-ink-3">
          <span>
            {counts["+"] + counts["−"] + counts["~"] === 0
              ? t("diff.same")
              : t("diff.summary", { added: counts["+"], dropped: counts["−"], changed: counts["~"] })}
          </span>
          <span className="flex-1" />
          <Choice
            label={t("body.view")}
            value={view}
            onChange={setView}
            options={[
              { value: "messages", text: t("diff.view.messages") },
              { value: "diff", text: t("diff.view.diff") },
            ]}
          />
        </div>
      ) : null}
      {view === "diff" && lines ? (
        <DiffView lines={lines} decisions={[]} />
      ) : (
        <AssembledMessages assembled={assembled} />
      )}
    </div>
  );
}
