import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { modelsQuery } from "../../api/queries";
import type { JsonNode } from "../../core/json";
import type { OfferedTool } from "../../core/tools";
import { bytes, count } from "../../format";
import { percent } from "../figures";
import { partOf, sharesOf } from "../origins";
import type { Assembled } from "../records";
import { Heading } from "../Section";
import { messageBytes, toolBytes } from "./weights";

interface SharesProps {
  assembled: Assembled;
  /** Their definitions are read too. */
  tools: readonly OfferedTool[];
  reported?: number | null;
  /** The body on the wire, and how many bytes it had. */
  sent: JsonNode | null;
  size?: number;
  /** `endpoint/model`. */
  model: string;
}

/** What the model read, by origin: the context as a core. */
export function Shares({ assembled, tools, reported, sent, size, model }: SharesProps) {
  const { t } = useTranslation("inspector");
  const { data: models } = useQuery(modelsQuery);
  const context = models?.find((one) => one.id === model)?.context.value ?? null;
  const weights = messageBytes(assembled.messages, sent);
  const offered = tools.reduce((sum, tool) => sum + tool.tokens, 0);
  const shares = sharesOf([
    ...(tools.length ? [{ origin: "tools", tokens: offered, bytes: toolBytes(sent) }] : []),
    ...assembled.messages.map(({ message, origin, tokens }, at, all) => ({
      origin: partOf(origin, message.role, at === all.length - 1),
      tokens,
      bytes: weights[at],
    })),
  ]);
  const total = shares.reduce((sum, share) => sum + share.tokens, 0);
  if (total === 0) return null;
  const read = typeof reported === "number" ? reported : total;
  return (
    <div className="mb-4" data-testid="context-bar">
      <Heading
        title={t("request.read")}
        small={[
          t("request.tokens", { count: total, figure: count(total) }),
          typeof reported === "number" ? t("request.reported", { figure: count(reported) }) : null,
          context ? t("request.ofContext", { context: count(context), part: percent(read / context) }) : null,
          size ? t("request.onWire", { size: bytes(size) }) : null,
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
      <ul className="insp-shares">
        {shares.map((share) => (
          <li key={share.origin}>
            <span>
              <i className="sw" data-s={share.stratum} />
              {t(`origin.${share.origin}`, { defaultValue: share.origin })}{" "}
              <b>{t("request.approximately", { figure: count(share.tokens) })}</b>
            </span>
            <small className="mono">
              {percent(share.part)}
              {share.bytes === null ? "" : ` · ${bytes(share.bytes)}`}
            </small>
          </li>
        ))}
      </ul>
    </div>
  );
}
