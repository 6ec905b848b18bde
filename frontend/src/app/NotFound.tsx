import { type ErrorComponentProps, Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { problemOf } from "../api/client";
import { Button } from "../ui/Button";
import { ProblemCard } from "../ui/FindingCard";

export function NotFound() {
  const { t } = useTranslation();
  return (
    <main className="grid place-content-center gap-3 p-7 text-center">
      <h1 className="text-lg font-title">{t("notFound.title")}</h1>
      <p>
        <Link to="/" className="link">
          {t("notFound.action")}
        </Link>
      </p>
    </main>
  );
}

export function RoomFailed({ error, reset }: ErrorComponentProps) {
  const { t } = useTranslation();
  return (
    <main className="grid place-content-center p-7">
      <div className="w-[min(620px,100%)]">
        <ProblemCard
          problem={problemOf(error)}
          actions={
            <>
              <Button onClick={() => reset()}>{t("retry")}</Button>
              <Button onClick={() => location.reload()}>{t("reload")}</Button>
            </>
          }
        />
      </div>
    </main>
  );
}
