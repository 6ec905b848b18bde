import { Pause, Play, X } from "lucide-react";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { bytes, count, duration } from "../../format";
import { Button } from "../../ui/Button";
import { IconButton } from "../../ui/IconButton";
import { answerAt, type Fold } from "../fold/said";
import type { Frame } from "../records";
import { Visible } from "../Visible";
import { oneLine } from "../visible";

interface MomentProps {
  frames: Frame[];
  fold: Fold;
  /** The last frame that had come. */
  frame: number;
  onChoose: (frame: number | null) => void;
}

/** So much of the end of a long text is shown: what has just come is what one looks for. */
const LONGEST = 6000;
const LONGEST_FRAME = 400;

/** The answer as it stood at one moment, and the frame that had just come. */
export function Moment({ frames, fold, frame, onChoose }: MomentProps) {
  const { t } = useTranslation("inspector");
  const box = useRef<HTMLDivElement>(null);
  const [playing, setPlaying] = useState(false);
  const answer = useMemo(() => answerAt(fold, frame), [fold, frame]);
  usePlaying({ frames, frame, playing, onChoose, onEnd: () => setPlaying(false) });

  // biome-ignore lint/correctness/useExhaustiveDependencies: what is new stands at the end
  useLayoutEffect(() => {
    if (box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [frame]);

  const shown = frames[frame];
  const before = frames[frame - 1];
  if (!shown) return null;
  const nothing = !answer.text && !answer.reasoning && !answer.refusal && answer.calls.length === 0;
  return (
    <section className="insp-moment" aria-label={t("scrub.title")} data-testid="moment">
      <div className="insp-moment-head">
        <b>{t("scrub.at", { time: duration(shown.at) })}</b>
        <span className="mono text-ink-3">
          {t("scrub.event", { number: count(frame + 1), count: count(frames.length) })}
          {before ? ` · +${duration(shown.at - before.at)}` : ""} · {bytes(shown.size)}
        </span>
        <span className="flex-1" />
        <Button small data-testid="moment-play" onClick={() => setPlaying(!playing)}>
          {playing ? <Pause size={14} aria-hidden="true" /> : <Play size={14} aria-hidden="true" />}
          {t(playing ? "scrub.pause" : "scrub.play")}
        </Button>
        <IconButton small label={t("scrub.close")} keys="Esc" onClick={() => onChoose(null)}>
          <X size={14} />
        </IconButton>
      </div>
      <p className="mono insp-moment-frame" dir="ltr" lang="und">
        <Visible text={oneLine(shown.text.slice(0, LONGEST_FRAME))} />
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scroll box must be reachable by keyboard */}
      <div className="insp-moment-answer" ref={box} tabIndex={0} data-testid="moment-answer">
        {nothing ? <p className="text-ink-3">{t("scrub.nothing")}</p> : null}
        {answer.reasoning ? (
          <p className="text-ink-3" dir="auto" lang="und">
            <i className="sw mr-1.5" data-s="4" />
            <Ending text={answer.reasoning} />
          </p>
        ) : null}
        {answer.text ? (
          <p dir="auto" lang="und">
            <Ending text={answer.text} />
          </p>
        ) : null}
        {answer.refusal ? (
          <p dir="auto" lang="und">
            <b>{t("response.refusal")}</b> <Ending text={answer.refusal} />
          </p>
        ) : null}
        {answer.calls.map((call, at) => (
          <p key={at} className="mono" dir="ltr" lang="und">
            <i className="sw mr-1.5" data-s="3" />
            <b>
              <Visible text={call.name} />
            </b>{" "}
            <Ending text={call.arguments} />
          </p>
        ))}
        {answer.finish ? (
          <p className="text-ink-3">
            {t("response.finish")} <code>{answer.finish}</code>
          </p>
        ) : null}
      </div>
    </section>
  );
}

function Ending({ text }: { text: string }) {
  const { t } = useTranslation("inspector");
  if (text.length <= LONGEST) return <Visible text={text} />;
  const cut = text.length - LONGEST;
  return (
    <>
      <span className="text-ink-3">{t("scrub.before", { count: cut, figure: count(cut) })} … </span>
      <Visible text={text.slice(cut)} />
    </>
  );
}

interface PlayingOptions {
  frames: Frame[];
  frame: number;
  playing: boolean;
  onChoose: (frame: number) => void;
  onEnd: () => void;
}

/** Lets the stream come again as fast as it came, from the chosen frame; at the end, from the first. */
function usePlaying({ frames, frame, playing, onChoose, onEnd }: PlayingOptions): void {
  const at = useRef(frame);
  at.current = frame;
  const say = useRef({ onChoose, onEnd });
  say.current = { onChoose, onEnd };
  useEffect(() => {
    if (!playing) return;
    let next = at.current >= frames.length - 1 ? 0 : at.current;
    const began = performance.now() / 1000 - (frames[next]?.at ?? 0);
    let ticket = 0;
    const tick = () => {
      const now = performance.now() / 1000 - began;
      while (next < frames.length - 1 && (frames[next + 1]?.at ?? 0) <= now) next += 1;
      say.current.onChoose(next);
      if (next >= frames.length - 1) say.current.onEnd();
      else ticket = requestAnimationFrame(tick);
    };
    ticket = requestAnimationFrame(tick);
    return () => cancelAnimationFrame(ticket);
  }, [playing, frames]);
}
