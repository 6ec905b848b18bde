import { ArrowRight, Scissors, Shuffle, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Message } from "../../../api/types";
import { Visible } from "../../../inspector/Visible";
import { wantSection } from "../../../inspector/wanted";
import { useSentences } from "../../../ui/explain";
import { Tooltip } from "../../../ui/Tooltip";
import { type Mark, marksOf } from "./marks";

interface MarksProps {
  message: Message;
  open: boolean;
  onOpen: () => void;
}

const ICONS = {
  dropped: TriangleAlert,
  changed: ArrowRight,
  cut: Scissors,
  answered: Shuffle,
  notices: TriangleAlert,
} as const;

/** What an answer was not asked as it stands, or is not what was asked for; each leads to the reason. */
export function Marks({ message, open, onOpen }: MarksProps) {
  return marksOf(message.chip).map((mark) => (
    <MarkButton
      key={mark.kind}
      mark={mark}
      onPress={() => {
        wantSection(mark.section);
        if (!open) onOpen();
      }}
    />
  ));
}

function MarkButton({ mark, onPress }: { mark: Mark; onPress: () => void }) {
  const { t } = useTranslation("chat");
  const why = useWhy(mark);
  const word = t(`mark.${mark.kind}`, { count: mark.names.length, model: mark.names[0] ?? "" });
  const Icon = ICONS[mark.kind];
  return (
    <Tooltip text={<span className="whitespace-pre-line">{why}</span>}>
      <button
        type="button"
        className="mark"
        data-tone={mark.kind === "changed" ? "info" : "warn"}
        data-testid={`mark-${mark.kind}`}
        onClick={onPress}
      >
        <Icon size={14} strokeWidth={1.75} aria-hidden="true" />
        <span className="cut">
          <Visible text={word} />
        </span>
        <span className="sr-only">
          {". "}
          {why}
        </span>
      </button>
    </Tooltip>
  );
}

/** The reason in words: each parameter with the line that decided, or what was found. */
function useWhy(mark: Mark): ReactNode {
  const { t } = useTranslation("chat");
  const say = useSentences();
  if (mark.kind === "answered") return t("mark.answeredWhy", { model: mark.names[0] ?? "" });
  if (mark.kind === "dropped" || mark.kind === "changed")
    return mark.names
      .map((name) =>
        mark.because[name]
          ? t(`mark.${mark.kind}Because`, { name, place: placeIn(mark.because[name], t) })
          : t(`mark.${mark.kind}One`, { name }),
      )
      .join("\n");
  // Sentences that speak of names are said in the diagnosis, where these are known.
  return mark.names
    .map((code) => say({ code })?.title.replaceAll("`", "") ?? t(`mark.code.${code}`, { defaultValue: code }))
    .join("\n");
}

/** A file and line as they are; the words for where no file is at work in the reader's language. */
function placeIn(place: string, t: (key: string, options: { defaultValue: string }) => string): string {
  return place.includes(".") ? place : t(`mark.source.${place}`, { defaultValue: place });
}
