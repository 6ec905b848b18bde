import { useTranslation } from "react-i18next";
import { bytes, count, duration } from "../format";
import { CopyButton } from "../ui/CopyButton";
import { BodyView } from "./BodyView";
import { Calls } from "./Calls";
import { useOffered } from "./offered";
import { type RateLimit, rateLimits, retryAfterIn } from "./rate-limits";
import { type Attempt, type Body, callsOf, header, type Message, type TraceRecords, textOf } from "./records";
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
      {attempt && !raw ? <FinalJson message={message} body={documentOf(attempt, type)} /> : null}
      {attempt ? <Limits attempt={attempt} /> : null}
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

/** The reply in one piece, where it came as one. */
function documentOf(attempt: Attempt, type: string | undefined): Body | null {
  return type?.includes("json") ? joined(attempt) : null;
}

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

/** What is left of the provider's limits after this reply, and how long it asks to wait. */
function Limits({ attempt }: { attempt: Attempt }) {
  const { t } = useTranslation("inspector");
  const limits = rateLimits(attempt.reply_headers, attempt.started);
  const told = retryAfterIn(attempt.reply_headers, attempt.started);
  const wait = told?.seconds ?? attempt.retry_after;
  if (limits.length === 0 && typeof wait !== "number") return null;
  return (
    <div className="mt-3" data-testid="rate-limits">
      <h4 className="insp-sub">{t("response.limits")}</h4>
      <ul className="insp-limits">
        {typeof wait === "number" ? (
          <li className="text-warn">
            {t("response.retryAfter", { seconds: Number(wait.toFixed(1)) })}{" "}
            {told ? <code>{told.name}</code> : null}
          </li>
        ) : null}
        {limits.map((limit) => (
          <li key={`${limit.unit} ${limit.per}`} className={limit.left === 0 ? "text-warn" : undefined}>
            <meter
              min={0}
              max={limit.limit ?? 0}
              value={limit.left ?? 0}
              hidden={limit.limit === null || limit.left === null}
              aria-hidden="true"
            />
            <span>
              <LimitWords limit={limit} />
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}

function LimitWords({ limit }: { limit: RateLimit }) {
  const { t } = useTranslation("inspector");
  const unit = t(`response.unit.${limit.unit}`, { defaultValue: limit.unit });
  const per = limit.per ? ` ${t(`response.per.${limit.per}`, { defaultValue: limit.per })}` : "";
  const left =
    limit.left !== null && limit.limit !== null
      ? t("response.limit", { left: count(limit.left), limit: count(limit.limit), unit: `${unit}${per}` })
      : limit.left !== null
        ? t("response.limitLeft", { left: count(limit.left), unit: `${unit}${per}` })
        : t("response.limitOnly", { limit: count(limit.limit), unit: `${unit}${per}` });
  const reset =
    limit.reset !== null
      ? `, ${t("response.resetsIn", { time: duration(limit.reset) })}`
      : limit.told
        ? ` ${t("response.reset", { reset: limit.told })}`
        : "";
  return <Visible text={`${left}${reset}`} />;
}

/** The reply as one document: as it came, or as its stream adds up, in the fields of a message. */
function FinalJson({ message, body }: { message: Message | null | undefined; body: Body | null }) {
  const { t } = useTranslation("inspector");
  const text = body?.text ?? (message ? JSON.stringify(plain(message)) : "");
  if (!text) return null;
  return (
    <details className="insp-more mt-3" data-testid="final-json">
      <summary>{t(body ? "response.document" : "response.added")}</summary>
      <BodyView body={body ?? { text, size: new TextEncoder().encode(text).length, exact: true }} open={3} />
    </details>
  );
}

/** A message without the fields that say nothing. */
function plain(message: Message): object {
  const filled = (value: object) =>
    Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== null && inner !== undefined));
  return { ...filled(message), parts: message.parts.map(filled) };
}
