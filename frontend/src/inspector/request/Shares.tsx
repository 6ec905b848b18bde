import { useTranslation } from "react-i18next";
import type { OfferedTool } from "../../core/tools";
import { count } from "../../format";
import { percent } from "../figures";
import { sharesOf } from "../origins";
import type { Assembled } from "../records";
import { Heading } from "../Section";

interface SharesProps {
  assembled: Assembled;
  /** Their definitions are read too. */
  tools: readonly OfferedTool[];
  reported?: number | null;
}

/** What the model read, by origin: the context as a core. */
export function Shares({ assembled, tools, reported }: SharesProps) {
  const { t } = useTranslation("inspector");
  const shares = sharesOf([
    ...assembled.messages,
    ...tools.map(({ tokens }) => ({ origin: "tools", tokens })),
  ]);
  const total = shares.reduce((sum, share) => sum + share.tokens, 0);
  if (total === 0) return null;
  return (
    <div className="mb-4">
      <Heading
        title={t("request.read")}
        small={[
          t("request.tokens", { count: total, figure: count(total) }),
          typeof reported === "number" ? t("request.reported", { figure: count(reported) }) : null,
          t("request.tokenizer", { name: assembled.tokenizer }),
        ]
          .filter(Boolean)
          .join(" · ")}
      />
      <div className="insp-core flex gap-px" style={{ height: 26 }} aria-hidden="true">
        {shares.map((share) => (
          <i
            key={share.origin}
            className="static! min-w-1"
            data-s={share.stratum}
            style={{ flex: `${share.tokens} 0 0` }}
          />
        ))}
      </div>
      <ul className="insp-phases">
        {shares.map((share) => (
          <li key={share.origin}>
            <i className="sw" data-s={share.stratum} />
            {t(`origin.${share.origin}`, { defaultValue: share.origin })} <b>≈ {count(share.tokens)}</b>
            <span className="mono text-ink-3">{percent(share.part)}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
