import { Link } from "@tanstack/react-router";
import { TriangleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Model, Preset } from "../../api/types";
import { Button } from "../../ui/Button";
import { CopyButton } from "../../ui/CopyButton";
import { WithCode } from "../../ui/FindingCard";
import { isPractice } from "./composer/composing";
import { Monogram } from "./picker/Monogram";

interface EmptyChatProps {
  models: Model[];
  /** The preset that the chat will begin with. */
  preset: Preset | undefined;
  onTry: (text: string) => void;
}

/** A chat that has not begun: what this place is, and one thing to do. */
export function EmptyChat({ models, preset, onTry }: EmptyChatProps) {
  const { t } = useTranslation("chat");
  if (preset && speaks(preset)) return <PresetLanding preset={preset} onTry={onTry} />;
  const usable = models.filter((model) => model.usable);
  const onlyPractice = usable.length > 0 && usable.every((model) => isPractice(model.id, models));
  return (
    <div className="empty-chat">
      <div className="empty-chat-column">
        <h1 className="text-xl font-title tracking-[-0.015em]">{t("empty.title")}</h1>
        <p className="mt-2 text-md leading-read text-ink-2">{t("empty.text")}</p>
        <Specimen />
        {onlyPractice || !usable.length ? (
          <Practice ready={onlyPractice} onTry={onTry} />
        ) : (
          <p className="mt-4">
            <Button onClick={() => onTry(t("empty.sample"))}>{t("empty.try")}</Button>
          </p>
        )}
      </div>
    </div>
  );
}

/** Whether a preset has something to say before the first message. */
function speaks({ on_landing, greeting, description, starters }: Preset): boolean {
  return (on_landing && Boolean(greeting ?? description)) || starters.length > 0;
}

/** What a preset says of itself, and its ways to begin. */
function PresetLanding({ preset, onTry }: { preset: Preset; onTry: (text: string) => void }) {
  const { t } = useTranslation("chat");
  const { greeting, description, starters } = preset;
  return (
    <div className="empty-chat">
      <div className="empty-chat-column" data-testid="preset-landing">
        {preset.on_landing ? (
          <>
            <p className="flex items-center gap-2 text-ink-2">
              <Monogram preset={preset} />
              {preset.label}
            </p>
            <h1 className="mt-2 text-xl font-title tracking-[-0.015em]" dir="auto">
              {greeting ?? description ?? preset.label}
            </h1>
            {greeting && description ? (
              <p className="mt-2 text-md leading-read text-ink-2" dir="auto">
                {description}
              </p>
            ) : null}
          </>
        ) : null}
        {starters.length ? (
          <ul className="starters" aria-label={t("preset.starters")}>
            {starters.map((starter) => (
              <li key={starter} className="max-w-full">
                <Button onClick={() => onTry(starter)} data-testid="starter">
                  {starter}
                </Button>
              </li>
            ))}
          </ul>
        ) : null}
        {preset.state === "broken" ? <p className="mt-4 text-warn">{preset.reason}</p> : null}
      </div>
    </div>
  );
}

// The figures of an answer to a question of three lines; only their kind matters here.
const FIGURES = [
  { figure: "1,284 → 331 tok", word: "tokens" },
  { figure: "$0.00027", word: "cost" },
  { figure: "TTFT 0.42 s", word: "ttft" },
  { figure: "49 tok/s", word: "rate" },
] as const;

/** What the line under an answer will say, explained before there is one. */
function Specimen() {
  const { t } = useTranslation("chat");
  return (
    <dl className="specimen" aria-label={t("specimen.label")}>
      {FIGURES.map(({ figure, word }) => (
        <div key={word}>
          <dt translate="no">{figure}</dt>
          <dd>{t(`specimen.${word}`)}</dd>
        </div>
      ))}
      <div>
        <dt className="flex items-center gap-1.5 text-warn">
          <TriangleAlert size={14} strokeWidth={1.75} aria-hidden="true" />
          {t("chip.dropped", { count: 2 })}
        </dt>
        <dd>{t("specimen.dropped")}</dd>
      </div>
    </dl>
  );
}

/** What practice is good at, one of each kind. */
const SAMPLES = ["sum", "remember", "code", "word"] as const;

/** Nothing but practice answers: what that is, and how to bring a key. */
function Practice({ ready, onTry }: { ready: boolean; onTry: (text: string) => void }) {
  const { t } = useTranslation("chat");
  const command = "DEEPSEEK_API_KEY=sk-... filon serve";
  return (
    <section className="mt-5 rounded-control border border-line bg-raised" aria-labelledby="practice-title">
      <div className="p-4">
        <h2 id="practice-title" className="font-title">
          {ready ? t("practice.title") : t("practice.nothing")}
        </h2>
        {ready ? <p className="mt-1 text-ink-2">{t("practice.what")}</p> : null}
        {ready ? (
          <>
            <p id="practice-try" className="mt-3 text-xs text-ink-3">
              {t("practice.try")}
            </p>
            <ul className="mt-1 flex flex-wrap gap-1.5" aria-labelledby="practice-try">
              {SAMPLES.map((sample) => (
                <li key={sample} className="max-w-full">
                  <Button
                    className="h-auto! max-w-full min-h-7 py-1 whitespace-normal!"
                    onClick={() => onTry(t(`practice.samples.${sample}`))}
                  >
                    {t(`practice.samples.${sample}`)}
                  </Button>
                </li>
              ))}
            </ul>
            <Link to="/endpoints" search={{ endpoint: "practice" }} className="link mt-3 inline-block">
              {t("practice.more")}
            </Link>
          </>
        ) : null}
      </div>
      <div className="border-t border-line p-4">
        <p className="text-ink-2">
          <WithCode text={t("practice.key")} />
        </p>
        <div className="mt-2 flex items-center rounded-badge bg-well py-1 pl-3 pr-1 mono" translate="no">
          <span className="cut flex-1">{command}</span>
          <CopyButton text={command} />
        </div>
        <Link to="/endpoints" className="link mt-3 inline-block">
          {t("practice.endpoints")}
        </Link>
      </div>
    </section>
  );
}
