import { useTranslation } from "react-i18next";
import { problemOf } from "../../../api/client";
import { clock } from "../../../format";
import { Button } from "../../../ui/Button";
import { Confirm } from "../../../ui/Confirm";
import { ProblemCard } from "../../../ui/FindingCard";
import { Sheet } from "../../../ui/Sheet";
import type { ListedTrace } from "../api";
import { useDeleteOne } from "./deleting";

interface DeleteTraceProps {
  /** The trace that shall go, once that is said; null while none shall. */
  trace: ListedTrace | null;
  onEnd: () => void;
  onDeleted: (id: string) => void;
}

/** Asks before one trace is deleted. */
export function DeleteTrace({ trace, onEnd, onDeleted }: DeleteTraceProps) {
  const { t } = useTranslation("traces");
  const remove = useDeleteOne();
  return (
    <>
      <Confirm
        open={trace !== null}
        onOpenChange={(open) => open || onEnd()}
        title={t("deleteOne")}
        body={t("deleteOneBody", { model: trace?.model ?? "", time: clock(trace?.started_at ?? 0) })}
        action={t("delete")}
        onConfirm={() => {
          if (trace) remove.mutate(trace.id, { onSuccess: () => onDeleted(trace.id) });
        }}
      />
      <Sheet
        from="bottom"
        open={remove.isError}
        onOpenChange={() => remove.reset()}
        label={t("deleteFailed")}
        className="tr-sheet tr-failed"
      >
        {remove.isError ? (
          <ProblemCard
            problem={problemOf(remove.error)}
            actions={<Button onClick={() => remove.reset()}>{t("keeping.close")}</Button>}
          />
        ) : null}
      </Sheet>
    </>
  );
}
