import { useTranslation } from "react-i18next";
import { problemOf } from "../../../api/client";
import { Button } from "../../../ui/Button";
import { ProblemCard } from "../../../ui/FindingCard";
import { Sheet } from "../../../ui/Sheet";

interface DeleteFailedProps {
  /** Why nothing was deleted; null while nothing went wrong. */
  error: Error | null;
  onEnd: () => void;
}

/** Says why traces could not be deleted. */
export function DeleteFailed({ error, onEnd }: DeleteFailedProps) {
  const { t } = useTranslation("traces");
  return (
    <Sheet
      from="bottom"
      open={error !== null}
      onOpenChange={onEnd}
      label={t("deleteFailed")}
      className="tr-sheet tr-failed"
    >
      {error ? (
        <ProblemCard
          problem={problemOf(error)}
          actions={<Button onClick={onEnd}>{t("keeping.close")}</Button>}
        />
      ) : null}
    </Sheet>
  );
}
