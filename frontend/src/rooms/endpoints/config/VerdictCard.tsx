import { useTranslation } from "react-i18next";
import type { Verdict, VerdictCode } from "../../../api/types";
import { CopyButton } from "../../../ui/CopyButton";
import { WithCode } from "../../../ui/FindingCard";
import { useSaid } from "./said";
import { TONE } from "./verdicts";

interface VerdictCardProps {
  verdict: Verdict;
  code: VerdictCode | undefined;
  /** Another verdict of this code stands above, which has said the rest. */
  again?: boolean;
}

/** What the check says of one place: what is, why it matters, what to do, and how it looks when it is right. */
export function VerdictCard({ verdict, code, again = false }: VerdictCardProps) {
  const { t } = useTranslation("config");
  const { of, titled } = useSaid();
  const said = of(verdict.code, code);
  return (
    <article className="cf-card" data-testid="config-verdict" data-code={verdict.code}>
      <header>
        <strong className={TONE[verdict.level]}>{t(`level.${verdict.level}`)}</strong>
        <code className="text-ink-3">
          {code ? `${code.number} ` : ""}
          {verdict.code}
        </code>
        {verdict.path ? <code className="cf-path">{verdict.path}</code> : null}
      </header>
      {titled ? <p className="cf-title">{said.title}</p> : null}
      <p lang="en">
        <WithCode text={verdict.message} />
      </p>
      {code && !again ? (
        <dl>
          <dt>{t("why")}</dt>
          <dd>
            <WithCode text={said.why} />
          </dd>
          <dt>{t("fix")}</dt>
          <dd>
            <WithCode text={said.fix} />
          </dd>
        </dl>
      ) : null}
      {code?.better && !again ? <Example code={code} better={code.better} /> : null}
      {code && !again ? (
        <footer>
          <span className="text-ink-3">{t("page")}</span> <code>{code.page}</code>
          <CopyButton text={`filon check --explain ${code.number}`} label={t("copyCommand")} />
        </footer>
      ) : null}
    </article>
  );
}

function Example({ code, better }: { code: VerdictCode; better: string }) {
  const { t } = useTranslation("config");
  return (
    <details>
      <summary>{t("example")}</summary>
      <div className="cf-example">
        {code.example && code.example !== better ? (
          <figure>
            <figcaption>{t("wrong")}</figcaption>
            <pre>{code.example}</pre>
          </figure>
        ) : null}
        <figure>
          <figcaption>{t("right")}</figcaption>
          <pre>{better}</pre>
        </figure>
      </div>
    </details>
  );
}
