import { useTranslation } from "react-i18next";
import { count } from "../format";
import type { Part } from "./records";
import { Visible } from "./Visible";

interface ThoughtsProps {
  thoughts: readonly Part[];
  /** The wire's name for them. */
  field?: string | null;
}

/** What the model thought, and how long the provider's seals on it are. */
export function Thoughts({ thoughts, field }: ThoughtsProps) {
  return thoughts.map((thought, at) => <Thought key={at} thought={thought} field={field} />);
}

function Thought({ thought, field }: { thought: Part; field?: string | null }) {
  const { t } = useTranslation("inspector");
  const text = thought.text ?? "";
  const seal = thought.signature
    ? t("response.seal", { count: thought.signature.length, figure: count(thought.signature.length) })
    : null;
  if (!text)
    return (
      <p className="insp-note">
        {t("response.sealed")} {seal}
      </p>
    );
  return (
    <details className="insp-more mb-2" data-testid="response-thought">
      <summary>
        {[
          t(field === "summary" ? "response.summary" : "response.reasoning", {
            count: text.length,
            figure: count(text.length),
          }),
          field,
          seal,
        ]
          .filter(Boolean)
          .join(" · ")}
      </summary>
      <p className="insp-message-text whitespace-pre-wrap" dir="auto" lang="und">
        <Visible text={text} />
      </p>
    </details>
  );
}
