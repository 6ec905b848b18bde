import { useTranslation } from "react-i18next";
import { SIGN, type Weight } from "./decisions";
import type { Verdict } from "./records";

const LOOK = { loss: "dec loss", change: "dec chg", quiet: "dec" } as const;

interface DecisionMarkProps {
  verdict: Verdict;
  weight: Weight;
  count?: number;
}

/** A sign, a word and a colour; the sign alone is enough. */
export function DecisionMark({ verdict, weight, count }: DecisionMarkProps) {
  const { t } = useTranslation("inspector");
  const word = t(`decision.${verdict}`);
  return (
    <span className={LOOK[weight]} title={count === undefined ? undefined : `${count} ${word}`}>
      <i aria-hidden="true">{SIGN[verdict]}</i>
      {count === undefined ? (
        word
      ) : (
        <>
          {count}
          <span className="sr-only"> {word}</span>
        </>
      )}
    </span>
  );
}
