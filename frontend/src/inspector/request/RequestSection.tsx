import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Trace } from "../../api/types";
import { bytes } from "../../format";
import { useOffered } from "../offered";
import { type Attempt, callsOf, type TraceRecords, type Translated } from "../records";
import { Section } from "../Section";
import { Asked } from "./Asked";
import { AssembledMessages } from "./Messages";
import { OfferedTools } from "./OfferedTools";
import { Shares } from "./Shares";
import { Wire } from "./Wire";

interface RequestProps {
  records: TraceRecords;
  attempt?: Attempt;
  translated?: Translated;
  trace: Trace;
}

const STEPS = ["asked", "assembled", "wire"] as const;
type Step = (typeof STEPS)[number];

/** From what was asked, by way of what was assembled, to what went over the wire. */
export function RequestSection({ records, attempt, translated, trace }: RequestProps) {
  const { t } = useTranslation("inspector");
  // The wire is the end of the way and carries the differences: it is what people open this for.
  const [step, setStep] = useState<Step>("wire");
  const { received, assembled } = records;
  const offered = useOffered(records, attempt);
  const called = callsOf(records.settled?.message).flatMap(({ name }) => name ?? []);
  const under: Record<Step, string> = {
    asked: received ? bytes(received.body.size) : t("request.none"),
    assembled: assembled ? t("request.messages", { count: assembled.messages.length }) : t("request.none"),
    wire: attempt ? bytes(attempt.request_body.size) : t("request.none"),
  };
  return (
    <Section id="request" title={t("section.request")}>
      {assembled ? (
        <Shares
          assembled={assembled}
          tools={offered.tools}
          reported={trace.estimated ? null : trace.input_tokens}
        />
      ) : null}
      {offered.tools.length ? (
        <OfferedTools tools={offered.tools} body={offered.body} called={called} />
      ) : null}
      <fieldset className="insp-steps" aria-label={t("request.steps")}>
        {STEPS.map((name, at) => (
          <button
            key={name}
            type="button"
            aria-pressed={name === step}
            data-testid={`step-${name}`}
            onClick={() => setStep(name)}
          >
            <b aria-hidden="true">{at + 1}</b>
            <span className="cut">
              <strong>{t(`request.${name}`)}</strong>
              <small>{under[name]}</small>
            </span>
          </button>
        ))}
      </fieldset>
      {step === "asked" ? (
        received ? (
          <Asked received={received} />
        ) : (
          <Missing />
        )
      ) : step === "assembled" ? (
        assembled ? (
          <AssembledMessages assembled={assembled} />
        ) : (
          <Missing />
        )
      ) : (
        <Wire received={received} assembled={assembled} translated={translated} attempt={attempt} />
      )}
    </Section>
  );
}

function Missing() {
  const { t } = useTranslation("inspector");
  return <p className="text-ink-2">{t("request.notReached")}</p>;
}
