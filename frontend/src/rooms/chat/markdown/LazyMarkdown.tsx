import { lazy, Suspense } from "react";

const load = () => import("./Markdown").then(({ Markdown }) => ({ default: Markdown }));

// Fetched beside the first paint and not before it: the room can be read and written in without.
const Markdown = lazy(load);
void load();

/** A model's text. Until its renderer is here, the text as it came. */
export function LazyMarkdown(props: { text: string; live: boolean }) {
  return (
    <Suspense
      fallback={
        <div className="md whitespace-pre-wrap" data-live={props.live}>
          <p>{props.text}</p>
        </div>
      }
    >
      <Markdown {...props} />
    </Suspense>
  );
}
