import { useTranslation } from "react-i18next";
import type { Message } from "../../api/types";
import { APPROXIMATELY, count, estimate, money, rate, secondsShort } from "../../format";
import { useSeconds } from "./use-seconds";

interface ChipProps {
  message: Message;
  open: boolean;
  onOpen: () => void;
}

/** The line of figures under an answer; it opens the trace behind them. */
export function Chip({ message, open, onOpen }: ChipProps) {
  const { t } = useTranslation("chat");
  const live = message.state === "streaming";
  return (
    <button
      type="button"
      className="chip"
      data-testid="chip"
      data-trace-id={message.trace_id}
      aria-expanded={open}
      disabled={!message.trace_id}
      onClick={onOpen}
    >
      <span className="sr-only">{t("chip.label", { sender: message.sender })}: </span>
      <span className="chip-parts">
        {live ? <LiveParts message={message} /> : <Parts message={message} />}
      </span>
    </button>
  );
}

function LiveParts({ message }: { message: Message }) {
  const { t } = useTranslation("chat");
  const seconds = useSeconds(message.created_at);
  const { text, refusal, reasoning, calls } = message;
  const does = calls.length ? "calling" : text || refusal ? "writing" : reasoning ? "thinking" : "waiting";
  return (
    <>
      <span className="text-vein">
        <span className="dot beat" aria-hidden="true" />
        {t(`chip.${does}`)}
      </span>
      <span className="min-w-[7ch] justify-end">{seconds.toFixed(1)} s</span>
    </>
  );
}

function Parts({ message }: { message: Message }) {
  const { t } = useTranslation("chat");
  const { chip, problem, state } = message;
  if (!chip) return <span>{t(`state.${state}`)}</span>;
  const failed = state === "failed";
  // Where no provider answered there is no status to show: ours would be one that nobody sent.
  const status = problem?.provider_status ?? undefined;
  return (
    <>
      {failed ? (
        <span className="text-error">
          <span className="dot sq" aria-hidden="true" />
          {status ?? problem?.code ?? t("state.failed")}
        </span>
      ) : null}
      {failed && chip.input_tokens === null ? null : (
        <span>
          {count(chip.input_tokens, t("chip.unknownCount"))} → {chip.estimated ? APPROXIMATELY : ""}
          {count(chip.output_tokens, t("chip.unknownCount"))} tok
        </span>
      )}
      {failed && !chip.cost_usd ? null : <span>{costOf(message, t)}</span>}
      {failed && chip.total !== null ? (
        <span>
          {t(isRefusal(status) ? "chip.refusedAfter" : "chip.failedAfter", {
            time: secondsShort(chip.total),
          })}
        </span>
      ) : null}
      {chip.ttft !== null ? <span>TTFT {secondsShort(chip.ttft)}</span> : null}
      {chip.rate !== null ? <span>{rate(chip.rate)}</span> : null}
      {chip.finish_reason === "length" ? <span className="text-warn">{t("chip.cut")}</span> : null}
    </>
  );
}

/** A 4xx is a refusal; everything else that ended badly has failed. */
function isRefusal(status: number | undefined): boolean {
  return status !== undefined && status >= 400 && status < 500;
}

/** What the answer cost, or in words why there is no such figure. */
function costOf(message: Message, t: (key: string) => string): string {
  const { chip } = message;
  if (!chip) return "";
  // Only the practice provider is free by nature; everything else has a price or none that we know.
  if (chip.cost_kind === "free") return t("chip.practice");
  if (chip.cost_kind === "local") return t("chip.local");
  if (chip.cost_kind === "unknown" || chip.cost_usd === null) return t("chip.unpriced");
  return estimate(money(chip.cost_usd), chip.estimated);
}
