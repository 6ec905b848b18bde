import { piecesOf } from "./visible";

/** Text of others as text nodes, with what a screen would hide shown by its code. */
export function Visible({ text }: { text: string }) {
  const pieces = piecesOf(text);
  if (pieces.length === 1 && !pieces[0]?.code) return text;
  return pieces.map((piece, at) =>
    piece.code ? (
      <span key={at} className="hidden-char">
        {piece.code}
      </span>
    ) : (
      piece.text
    ),
  );
}
