import type { ReactNode } from "react";
import type { Token } from "./terms";
import { tokensOf } from "./terms";

export interface Fault {
  from: number;
  to: number;
}

/** The text of the filter with its terms set off; it lies under an input whose own text is not seen. */
export function Marked({ text, fault }: { text: string; fault: Fault | null }) {
  const parts: ReactNode[] = [];
  let at = 0;
  for (const token of tokensOf(text)) {
    if (token.from > at) parts.push(text.slice(at, token.from));
    parts.push(<Term key={token.from} token={token} fault={fault} />);
    at = token.to;
  }
  parts.push(text.slice(at));
  return parts;
}

function Term({ token, fault }: { token: Token; fault: Fault | null }) {
  const wrong = fault !== null && token.from < fault.to && fault.from < token.to;
  const value = token.text.slice(token.valueFrom - token.from);
  const key = token.text.slice(0, token.valueFrom - token.from);
  return (
    <span
      data-term={token.key === null ? undefined : ""}
      data-negated={token.negated || undefined}
      data-wrong={wrong || undefined}
    >
      {key ? <i>{key}</i> : null}
      {value}
    </span>
  );
}
