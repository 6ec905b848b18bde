import { useNavigate } from "@tanstack/react-router";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { compose, composingOf } from "../../chat/composer/composing";

/** Opens a new chat with this model. What was being written there stays; else there is a question to send. */
export function useTry(): (model: string) => void {
  const { t } = useTranslation("practice");
  const navigate = useNavigate();
  return useCallback(
    (model) => {
      compose("", { model, draft: composingOf("").draft || t("sample") });
      void navigate({ to: "/" });
    },
    [navigate, t],
  );
}
