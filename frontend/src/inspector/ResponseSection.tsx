import { useTranslation } from "react-i18next";
import { bytes, count } from "../format";
import { CopyButton } from "../ui/CopyButton";
import { BodyView } from "./BodyView";
import { Calls } from "./Calls";
import { useOffered } from "./offered";
import { rateLimits } from "./rate-limits";
import { type Attempt, callsOf, header, type Pair, type TraceRecords, textOf } from "./records";
import { HeaderList } from "./request/HeaderList";
import { Section } from "./Section";
import { Thoughts } from "./Thoughts";
import { Visible } from "./Visible";

interface ResponseProps {
  records: TraceRecords;
  attempt?: Attempt;
  live: boolean;
}

export function ResponseSection({ records, attempt, live }: ResponseProps) {
  const { t } = useTranslation("inspector");
  // What the turn ended with came from its last attempt; an earlier one has only its own reply.
  const last = attempt === records.attempts.at(-1);
  const settled = last ? records.settled : undefined;
  const message = settled?.message;
  const text = textOf(message);
  const refusal = textOf(message, "refusal");
  const thoughts = message?.parts.filter((part) => part.type === "reasoning") ?? [];
  const calls = callsOf(message);
  const { tools } = useOffered(records, attempt);
  const type = attempt ? header(attempt.reply_headers, "content-type") : undefined;
  const failed = (attempt?.status ?? 0) >= 400;
  // Vectors are no message; their document is all there is to show.
  const bare = settled?.outcome === "complete" && !message && !type?.includes("event-stream");
  const raw = attempt && (failed || bare) ? joined(attempt) : null;
  return (
    <Section
      id="response"
      title={t("section.response")}
      small={
        attempt?.status ? (
          <span className="mono">{[attempt.status, type?.split(";")[0]].filter(Boolean).join(" · ")}</span>
        ) : undefined
      }
      end={text ? <CopyButton text={text} word={t("response.copyText")} /> : undefined}
    >
      {settled?.finish_reason ? <FinishReason reason={settled.finish_reason} /> : null}
      {!settled?.finish_reason && settled && attempt && !failed && !bare ? (
        <p className="insp-note">
          {t(`response.ended.${settled.outcome}`, { defaultValue: t("response.noReason") })}
        </p>
      ) : null}
      <Thoughts thoughts={thoughts} field={settled?.thought_field} />
      {text ? (
        <p className="insp-answer" dir="auto" lang="und">
          <Visible text={text} />
        </p>
      ) : null}
      {refusal ? (
        <p className="insp-answer" dir="auto" lang="und">
          <b>{t("response.refusal")}</b> <Visible text={refusal} />
        </p>
      ) : null}
      {calls.length ? <Calls calls={calls} offered={tools} /> : null}
      {last && !settled && live ? (
        <p className="text-ink-2">{t("response.coming", { size: bytes(received(attempt)) })}</p>
      ) : null}
      {raw ? <BodyView body={raw} open={bare ? 1 : undefined} /> : null}
      {attempt ? <Limits headers={attempt.reply_headers} retryAfter={attempt.retry_after} /> : null}
      {attempt?.reply_headers.length ? (
        <details className="insp-more mt-3" open={failed}>
          <summary>{t("response.headers", { count: attempt.reply_headers.length })}</summary>
          <HeaderList headers={attempt.reply_headers} />
        </details>
      ) : null}
      {!attempt && !live ? <p className="text-ink-2">{t("response.none")}</p> : null}
    </Section>
  );
}

const received = (attempt?: Attempt) => attempt?.frames.reduce((sum, frame) => sum + frame.size, 0) ?? 0;

/** An error's body in one piece; it came in frames like everything else. */
export function joined(attempt: Attempt) {
  const text = attempt.frames.map((frame) => frame.text).join("");
  return text ? { text, size: received(attempt), exact: true } : null;
}

/** The provider's word and what it means: "length" has cost many people an hour. */
function FinishReason({ reason }: { reason: string }) {
  const { t } = useTranslation("inspector");
  const meaning = t(`finish.${reason}`, { defaultValue: "" });
  return (
    <p className="insp-note">
      {t("response.finish")} <code className="font-strong text-ink">{reason}</code>
      {": "}
      {meaning || t("response.unknownReason")}
    </p>
  );
}

function Limits({ headers, retryAfter }: { headers: readonly Pair[]; retryAfter?: number | null }) {
  const { t } = useTranslation("inspector");
  const limits = rateLimits(headers);
  if (limits.length === 0 && typeof retryAfter !== "number") return null;
  return (
    <ul className="mt-3 grid gap-0.5 text-ink-2">
      {typeof retryAfter === "number" ? (
        <li className="text-warn">{t("response.retryAfter", { seconds: retryAfter })}</li>
      ) : null}
      {limits.map((limit) => (
        <li key={limit.unit}>
          {limit.left !== null && limit.limit !== null
            ? t("response.limit", { left: count(limit.left), limit: count(limit.limit), unit: limit.unit })
            : t("response.limitLeft", { left: count(limit.left ?? limit.limit), unit: limit.unit })}
          {limit.reset ? ` ${t("response.reset", { reset: limit.reset })}` : ""}
        </li>
      ))}
    </ul>
  );
}
