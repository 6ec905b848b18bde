import { useTranslation } from "react-i18next";
import { isComposing } from "../composer/ime";

/** The title as a field, in its own place. Enter or leaving keeps, Esc does not. */
export function TitleEditor({ title, onDone }: { title: string; onDone: (title: string | null) => void }) {
  const { t } = useTranslation("chat");
  const keep = (typed: string) => {
    const next = typed.trim();
    onDone(next && next !== title ? next.slice(0, 200) : null);
  };
  return (
    <input
      className="field h-[30px] w-full px-2"
      defaultValue={title}
      maxLength={200}
      aria-label={t("list.newTitle")}
      // biome-ignore lint/a11y/noAutofocus: it stands where the title was that its reader chose to change
      autoFocus
      onFocus={(event) => event.target.select()}
      onBlur={(event) => keep(event.target.value)}
      onKeyDown={(event) => {
        if (isComposing(event)) return;
        if (event.key === "Enter") event.currentTarget.blur();
        if (event.key === "Escape") {
          event.currentTarget.value = title;
          event.currentTarget.blur();
        }
      }}
    />
  );
}
