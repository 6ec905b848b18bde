import { useMutation } from "@tanstack/react-query";
import { RefreshCw } from "lucide-react";
import { useTranslation } from "react-i18next";
import { change, problemOf } from "../../../api/client";
import { queries } from "../../../api/queries";
import type { Endpoint } from "../../../api/types";
import { Button } from "../../../ui/Button";
import { useSentences } from "../../../ui/explain";

/** Asks the provider for its list of models. It is a request of its own, so it is made only when wanted. */
export function LoadModels({ endpoint }: { endpoint: Endpoint }) {
  const { t } = useTranslation("chat");
  const say = useSentences();
  const load = useMutation({
    mutationFn: () =>
      change<Endpoint>("POST", `/api/endpoints/${encodeURIComponent(endpoint.name)}/fetch-models`),
    onSettled: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: ["models"] }),
        queries.invalidateQueries({ queryKey: ["endpoints"] }),
      ]),
  });
  if (endpoint.state !== "ready") return null;
  const problem = load.error ? problemOf(load.error) : endpoint.fetch_problem;
  return (
    <>
      <Button
        small
        kind="bare"
        className="picker-load"
        disabled={load.isPending}
        onClick={() => load.mutate()}
      >
        <RefreshCw size={12} strokeWidth={1.75} />
        {load.isPending ? t("picker.loading") : endpoint.fetched_at ? t("picker.reload") : t("picker.load")}
      </Button>
      {problem && !load.isPending ? (
        <span className="cut font-body text-warn">{say(problem)?.title ?? problem.message}</span>
      ) : null}
    </>
  );
}
