import { useTranslation } from "react-i18next";
import { clock } from "../../../format";
import { Confirm } from "../../../ui/Confirm";
import type { ListedTrace } from "../api";
import { DeleteFailed } from "./DeleteFailed";
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
      <DeleteFailed error={remove.error} onEnd={() => remove.reset()} />
    </>
  );
}
