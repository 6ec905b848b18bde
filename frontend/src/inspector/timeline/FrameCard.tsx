import { useTranslation } from "react-i18next";
import { bytes, duration } from "../../format";
import type { Frame } from "../records";
import { Visible } from "../Visible";
import { oneLine } from "../visible";

interface FrameCardProps {
  frame: Frame;
  index: number;
  before?: Frame;
  /** Pixels from the left edge of the plot, and its width. */
  at: number;
  width: number;
}

const CARD = 320;

/** The frame under the scrubber, as it came. */
export function FrameCard({ frame, index, before, at, width }: FrameCardProps) {
  const { t } = useTranslation("inspector");
  const card = Math.min(CARD, width);
  const left = Math.max(0, Math.min(width - card, at - card / 2));
  return (
    <div className="insp-frame" style={{ left, width: card }}>
      <p className="mono flex gap-3 text-ink-2">
        <b>{index + 1}</b>
        <span>{duration(frame.at)}</span>
        <span>{before ? `+${duration(frame.at - before.at)}` : t("timeline.first")}</span>
        <span className="cut flex-1">{frame.kind || t("stream.noKind")}</span>
        <span>{bytes(frame.size)}</span>
      </p>
      <p className="mono insp-frame-text">
        <Visible text={oneLine(frame.text)} />
      </p>
    </div>
  );
}
