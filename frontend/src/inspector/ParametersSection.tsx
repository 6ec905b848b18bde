import { useTranslation } from "react-i18next";
import { DecisionMark } from "./DecisionMark";
import { asJson, countByVerdict, lostCount, ordered, reasonOf, weightOf } from "./decisions";
import { Place } from "./Place";
import type { Decision, Translated } from "./records";
import { Section } from "./Section";
import { Visible } from "./Visible";

/** What became of every parameter, losses first, each with the line that decided. */
export function ParametersSection({ translated, narrow }: { translated?: Translated; narrow: boolean }) {
  const { t } = useTranslation("inspector");
  const decisions = ordered(translated?.decisions ?? []);
  const lost = lostCount(decisions);
  return (
    <Section
      id="parameters"
      title={t("section.parameters")}
      small={
        decisions.length
          ? [
              t("parameters.decided", { count: decisions.length }),
              lost ? t("parameters.lost", { count: lost }) : null,
            ]
              .filter(Boolean)
              .join(", ")
          : undefined
      }
      end={
        narrow ? undefined : (
          <span className="flex gap-3">
            {countByVerdict(decisions).map((tally) => (
              <DecisionMark key={`${tally.weight} ${tally.verdict}`} {...tally} />
            ))}
          </span>
        )
      }
    >
      {!translated ? <p className="text-ink-2">{t("parameters.notReached")}</p> : null}
      {translated && decisions.length === 0 ? <p className="text-ink-2">{t("parameters.none")}</p> : null}
      {decisions.length === 0 ? null : narrow ? (
        <Rows decisions={decisions} />
      ) : (
        <Table decisions={decisions} />
      )}
    </Section>
  );
}

function Table({ decisions }: { decisions: Decision[] }) {
  const { t } = useTranslation("inspector");
  return (
    <table className="insp-params">
      <colgroup>
        <col style={{ width: 132 }} />
        <col style={{ width: 58 }} />
        <col style={{ width: 100 }} />
        <col style={{ width: 92 }} />
        <col />
      </colgroup>
      <thead>
        <tr>
          <th>{t("parameters.name")}</th>
          <th>{t("parameters.wanted")}</th>
          <th>{t("parameters.sent")}</th>
          <th>{t("parameters.decision")}</th>
          <th>{t("parameters.because")}</th>
        </tr>
      </thead>
      {decisions.map((decision, at) => (
        <tbody key={at} data-testid="decision-row" data-decision={decision.decision}>
          <tr>
            <td className="m" title={decision.name}>
              <Visible text={decision.name} />
            </td>
            <td className="m" title={asJson(decision.wanted)}>
              <Wanted decision={decision} />
            </td>
            <td className="m" title={asJson(decision.sent)}>
              <SentValue decision={decision} />
            </td>
            <td>
              <DecisionMark verdict={decision.decision} weight={weightOf(decision)} />
            </td>
            <td>
              <Place because={decision.because} />
            </td>
          </tr>
          <Reason decision={decision}>
            {(reason) => (
              <tr className="why">
                <td />
                <td colSpan={4}>{reason}</td>
              </tr>
            )}
          </Reason>
        </tbody>
      ))}
    </table>
  );
}

/** Two lines each, where five columns do not fit. */
function Rows({ decisions }: { decisions: Decision[] }) {
  return (
    <ul className="insp-prows">
      {decisions.map((decision, at) => (
        <li key={at} data-testid="decision-row" data-decision={decision.decision}>
          <span className="mono font-strong cut">
            <Visible text={decision.name} />
          </span>
          <DecisionMark verdict={decision.decision} weight={weightOf(decision)} />
          <span className="mono cut text-ink-2">
            <Change decision={decision} />
          </span>
          <Place because={decision.because} />
          <Reason decision={decision}>{(reason) => <p>{reason}</p>}</Reason>
        </li>
      ))}
    </ul>
  );
}

function Change({ decision }: { decision: Decision }) {
  const { t } = useTranslation("inspector");
  const wanted = asJson(decision.wanted);
  const sent = asJson(decision.sent);
  if (decision.decision === "dropped") return `${wanted} → ${t("parameters.notSent")}`;
  if (decision.decision === "renamed")
    return t("parameters.as", { value: sent, name: decision.sent_as ?? "" });
  if (wanted && sent && wanted !== sent) return `${wanted} → ${sent}`;
  return sent || wanted;
}

function Wanted({ decision }: { decision: Decision }) {
  const wanted = asJson(decision.wanted);
  if (!wanted) return null;
  return decision.decision === "dropped" ? (
    <s>
      <Visible text={wanted} />
    </s>
  ) : (
    <Visible text={wanted} />
  );
}

function SentValue({ decision }: { decision: Decision }) {
  const { t } = useTranslation("inspector");
  const sent = asJson(decision.sent);
  if (decision.decision === "dropped" || (!sent && !decision.sent_as))
    return <span className="text-ink-3">{t("parameters.notSent")}</span>;
  return <Visible text={sent} />;
}

interface ReasonProps {
  decision: Decision;
  children: (reason: React.ReactNode) => React.ReactNode;
}

/** A second line only where there is something to say: the reason, and the other name on the wire. */
function Reason({ decision, children }: ReasonProps) {
  const { t } = useTranslation("inspector");
  const reason = reasonOf(decision);
  const renamed = decision.sent_as && decision.sent_as !== decision.name ? decision.sent_as : null;
  const rule = weightOf(decision) === "loss" && !reason ? decision.because.rule : null;
  if (!reason && !renamed && !rule) return null;
  return children(
    <>
      {renamed ? (
        <>
          {t("parameters.sentAs")} <code>{renamed}</code>.{" "}
        </>
      ) : null}
      {reason ? <Visible text={reason} /> : null}
      {rule ? <code>{rule}</code> : null}
    </>,
  );
}
