import type { Pair } from "../records";
import { Visible } from "../Visible";

/** A secret that was masked before the record was kept: something with `…`, stars, or a word for it. */
const MASKED = /(\S*(?:…|\*{3,}|\[(?:masked|redacted)\])\S*)/i;

/** Headers as sent or received; masked secrets stand in a box, so that nobody takes them for the value. */
export function HeaderList({ headers }: { headers: readonly Pair[] }) {
  return (
    <dl className="insp-headers mono" dir="ltr" lang="und">
      {headers.map(([name, value], at) => (
        <div key={at}>
          <dt>{name}:</dt>
          <dd>
            {value.split(MASKED).map((piece, i) =>
              i % 2 ? (
                <span key={i} className="insp-mask">
                  {piece}
                </span>
              ) : (
                <Visible key={i} text={piece} />
              ),
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}
