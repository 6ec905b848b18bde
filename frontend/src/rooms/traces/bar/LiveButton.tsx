import { Pause, Play } from "lucide-react";
import { useTranslation } from "react-i18next";
import { count } from "../../../format";
import { Button } from "../../../ui/Button";

interface LiveButtonProps {
  /** Whether new traces come in by themselves. */
  connected: boolean;
  paused: boolean;
  onPaused: (paused: boolean) => void;
  /** How many new ones are not shown. */
  waiting: number;
  onRelease: () => void;
}

/** Whether the list follows what happens. Paused, it counts what is new and moves nothing. */
export function LiveButton({ connected, paused, onPaused, waiting, onRelease }: LiveButtonProps) {
  const { t } = useTranslation("traces");
  const Icon = paused ? Play : Pause;
  const word = paused ? "paused" : connected ? "live" : "polled";
  return (
    <>
      {waiting ? (
        <Button className="h-8!" data-testid="new-traces" onClick={onRelease}>
          {t("newOnes", { count: waiting, figure: count(waiting) })}
        </Button>
      ) : null}
      <Button
        className="h-8!"
        aria-pressed={!paused}
        aria-label={`${t(word)}. ${t(paused ? "resume" : "pause")}`}
        title={t(paused ? "pausedHint" : connected ? "liveHint" : "pollHint")}
        data-testid="live"
        onClick={() => onPaused(!paused)}
      >
        <span
          className={`dot ${paused || !connected ? "ring text-ink-3" : "beat text-vein"}`}
          aria-hidden="true"
        />
        {t(word)}
        <Icon size={12} strokeWidth={0} fill="currentColor" className="text-ink-3" aria-hidden="true" />
      </Button>
    </>
  );
}
