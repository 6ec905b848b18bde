/** Stands in for rehype-raw: HTML in a model's text is never parsed, so that it can never be shown. */
export default function noRawHtml(): never {
  throw new Error("Raw HTML is not allowed in messages");
}
