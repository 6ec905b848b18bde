import { ArrowUp, ChevronDown, Square } from "lucide-react";
import { type KeyboardEvent, type Ref, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { Message, Model, Preset, Problem } from "../../../api/types";
import { keysOf } from "../../../app/keys";
import { showPart, usePage } from "../../../app/page-state";
import { Button } from "../../../ui/Button";
import { ProblemCard } from "../../../ui/FindingCard";
import { IconButton } from "../../../ui/IconButton";
import { Tooltip } from "../../../ui/Tooltip";
import { ModelPicker } from "../picker";
import { Monogram } from "../picker/Monogram";
import { compose, modelOf, useComposed } from "./composing";
import { GrowingText } from "./GrowingText";
import { isComposing, isPlainEnter } from "./ime";
import { ParameterPopover } from "./ParameterPopover";

interface ComposerProps {
  /** The conversation's id; "" for a chat that has not begun. */
  conversation: string;
  /** The model to send to, if any is known. */
  model: string | null;
  /** The preset that the model was chosen by. */
  preset: Preset | undefined;
  models: Model[];
  /** The answer that is being written. */
  live: Message | null;
  busy: boolean;
  problem: Problem | null;
  onSend: (text: string) => void;
  onStop: () => void;
  onEditLast: () => void;
  inputRef: Ref<HTMLTextAreaElement>;
}

export function Composer(props: ComposerProps) {
  const { conversation, model, preset, models, live, busy, problem } = props;
  const { onSend, onStop, onEditLast, inputRef } = props;
  const { t } = useTranslation("chat");
  const { draft } = useComposed(conversation);
  const coarse = useRef(matchMedia("(pointer: coarse)").matches).current;
  const chosen = modelOf(models, model);
  const empty = draft.trim() === "";
  const reason =
    preset?.state === "broken"
      ? (preset.reason ?? t("preset.broken"))
      : !model
        ? t("composer.noModel")
        : chosen && !chosen.usable
          ? (chosen.reason ?? t("composer.unusable"))
          : empty
            ? t("composer.empty")
            : null;

  const submit = () => {
    if (reason === null && !busy) onSend(draft);
  };
  const pressed = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (isComposing(event)) return;
    // Touch keyboards have no Shift at hand: there Enter makes a line and the button sends.
    if (isPlainEnter(event) && !(coarse && !event.ctrlKey && !event.metaKey)) {
      event.preventDefault();
      submit();
    } else if (event.key === "Escape" && !event.shiftKey && live) {
      event.preventDefault();
      onStop();
    } else if (event.key === "ArrowUp" && draft === "" && !event.altKey) {
      event.preventDefault();
      onEditLast();
    }
  };

  return (
    <div className="composer-frame">
      {problem ? (
        <div className="mb-2">
          <ProblemCard problem={problem} />
        </div>
      ) : null}
      <form
        className="composer"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <GrowingText
          inputRef={inputRef}
          value={draft}
          onChange={(next) => compose(conversation, { draft: next })}
          label={t("composer.label")}
          rows={10}
          data-testid="composer"
          enterKeyHint={coarse ? "enter" : "send"}
          placeholder={
            live
              ? t("composer.followUp")
              : preset || chosen
                ? t("composer.to", { model: preset?.label ?? chosen?.model })
                : t("composer.label")
          }
          onKeyDown={pressed}
        />
        <div className="composer-row">
          <ModelSelect
            conversation={conversation}
            model={model}
            preset={preset}
            unusable={preset?.state === "broken" || chosen?.usable === false}
          />
          <ParameterPopover conversation={conversation} preset={preset} />
          <span className="flex-1" />
          {live ? (
            <IconButton
              kind="line"
              className="border-line-strong"
              label={t("composer.stop")}
              keys={keysOf("stop")}
              data-testid="stop"
              onClick={onStop}
            >
              <Square size={11} fill="currentColor" strokeWidth={0} />
            </IconButton>
          ) : (
            <Tooltip text={reason ?? t("composer.send")} keys={reason ? undefined : "Enter"}>
              <Button
                type="submit"
                kind={reason ? "line" : "ore"}
                className="ic"
                data-testid="send"
                aria-label={t("composer.send")}
                aria-disabled={reason !== null || busy}
              >
                <ArrowUp size={16} strokeWidth={2} />
              </Button>
            </Tooltip>
          )}
        </div>
      </form>
    </div>
  );
}

interface ModelSelectProps {
  conversation: string;
  model: string | null;
  preset: Preset | undefined;
  unusable: boolean;
}

/** Which model or preset answers next; a button that opens the picker. */
function ModelSelect({ conversation, model, preset, unusable }: ModelSelectProps) {
  const { t } = useTranslation("chat");
  const open = usePage((state) => state.picker);
  const slash = model?.indexOf("/") ?? -1;
  return (
    <>
      <Tooltip text={t("picker.label")} keys={keysOf("picker")} side="top">
        <Button
          className="min-w-0"
          data-testid="model-select"
          data-model={model ?? ""}
          data-preset={preset?.name ?? ""}
          aria-haspopup="dialog"
          aria-expanded={open}
          aria-label={
            preset
              ? t("composer.preset", { preset: preset.label, model: model ?? "" })
              : model
                ? t("composer.model", { model })
                : t("picker.label")
          }
          onClick={() => showPart("picker", true)}
        >
          {preset ? (
            <>
              <Monogram preset={preset} className="-ml-1" />
              <span className={`cut flex-none max-w-[60%] ${unusable ? "text-warn" : ""}`}>
                {preset.label}
              </span>{" "}
              <span className="mono cut text-ink-3 max-tablet:hidden">{model}</span>
            </>
          ) : (
            <span className={`mono cut ${unusable ? "text-warn" : ""}`}>
              {model ? (
                <>
                  <span className="text-ink-3">{model.slice(0, slash + 1)}</span>
                  {model.slice(slash + 1)}
                </>
              ) : (
                t("composer.choose")
              )}
            </span>
          )}
          <ChevronDown size={14} strokeWidth={1.75} className="-mr-0.5 text-ink-3" aria-hidden="true" />
        </Button>
      </Tooltip>
      {open ? (
        <ModelPicker
          value={{ model, preset: preset?.name ?? null }}
          onClose={() => showPart("picker", false)}
          onChoose={(next) => compose(conversation, next)}
        />
      ) : null}
    </>
  );
}
