import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Trace } from "../../api/types";
import { readJson } from "../../core/json";
import { bytes } from "../../format";
import { askedOf, assembledOf } from "../asked";
import { useOffered } from "../offered";
import { type Attempt, callsOf, type Decision, type TraceRecords, type Translated } from "../records";
import { Section } from "../Section";
import { Asked } from "./Asked";
import { AssembledStep } from "./AssembledStep";
import { OfferedTools } from "./OfferedTools";
import { Shares } from "./Shares";
import { Wire } from "./Wire";

interface RequestProps {
  records: TraceRecords;
  attempt?: Attempt;
  translated?: Translated;
  trace: Trace;
  /** There is room for the three steps side by side. */
  wide: boolean;
}

const STEPS = ["asked", "assembled", "wire"] as const;
type Step = (typeof STEPS)[number];
const NONE: readonly Decision[] = [];

/** From what was asked, by way of what was assembled, to what went over the wire. */
export function RequestSection({ records, attempt, translated, trace, wide }: RequestProps) {
  const { t } = useTranslation("inspector");
  // The wire is the end of the way and carries the differences: it is what people open this for.
  const [step, setStep] = useState<Step>("wire");
  const { received, assembled } = records;
  const offered = useOffered(records, attempt);
  const called = callsOf(records.settled?.message).flatMap(({ name }) => name ?? []);
  const decisions = translated?.decisions ?? NONE;
  const sentText = attempt?.request_body.text ?? translated?.body.text ?? "";
  const { sent, asked, made } = useMemo(() => {
    const wire = readJson(sentText);
    const sources = {
      text: received?.body.text ?? "",
      caller: received?.caller,
      sent: wire,
      assembled,
      decisions,
    };
    return { sent: wire, asked: askedOf(sources), made: assembledOf(sources) };
  }, [received, sentText, assembled, decisions]);
  const under: Record<Step, string> = {
    asked: received ? bytes(received.body.size) : t("request.none"),
    assembled: assembled ? t("request.messages", { count: assembled.messages.length }) : t("request.none"),
    wire: attempt ? bytes(attempt.request_body.size) : t("request.none"),
  };
  const bodies: Record<Step, React.ReactNode> = {
    asked: received ? <Asked received={received} /> : <Missing />,
    assembled: assembled ? (
      <AssembledStep assembled={assembled} asked={asked?.node ?? null} made={made} />
    ) : (
      <Missing />
    ),
    wire: (
      <Wire
        before={made ?? asked?.node ?? null}
        fromChat={asked?.fromChat ?? false}
        sent={sent}
        translated={translated}
        attempt={attempt}
      />
    ),
  };
  return (
    <Section id="request" title={t("section.request")}>
      {assembled ? (
        <Shares
          assembled={assembled}
          tools={offered.tools}
          reported={trace.estimated ? null : trace.input_tokens}
          sent={sent}
          size={attempt?.request_body.size}
          model={attempt ? `${attempt.endpoint}/${attempt.model}` : trace.model}
        />
      ) : null}
      {offered.tools.length ? (
        <OfferedTools tools={offered.tools} body={offered.body} called={called} />
      ) : null}
      {wide ? (
        <div className="insp-columns">
          {STEPS.map((name, at) => (
            <section key={name} aria-label={t(`request.${name}`)}>
              <h4>
                <StepName number={at + 1} name={t(`request.${name}`)} under={under[name]} />
              </h4>
              {bodies[name]}
            </section>
          ))}
        </div>
      ) : (
        <>
          <fieldset className="insp-steps" aria-label={t("request.steps")}>
            {STEPS.map((name, at) => (
              <button
                key={name}
                type="button"
                aria-pressed={name === step}
                data-testid={`step-${name}`}
                onClick={() => setStep(name)}
              >
                <StepName number={at + 1} name={t(`request.${name}`)} under={under[name]} />
              </button>
            ))}
          </fieldset>
          {bodies[step]}
        </>
      )}
    </Section>
  );
}

function StepName({ number, name, under }: { number: number; name: string; under: string }) {
  return (
    <>
      <b aria-hidden="true">{number}</b>
      <span className="cut">
        <strong>{name}</strong>
        <small>{under}</small>
      </span>
    </>
  );
}

function Missing() {
  const { t } = useTranslation("inspector");
  return <p className="text-ink-2">{t("request.notReached")}</p>;
}
