import { Dialog } from "radix-ui";
import { useTranslation } from "react-i18next";
import { SHORTCUTS } from "./keys";
import { showPart } from "./page-state";

export default function ShortcutSheet() {
  const { t } = useTranslation();
  return (
    <Dialog.Root open onOpenChange={(open) => showPart("shortcuts", open)}>
      <Dialog.Portal>
        <Dialog.Overlay className="scrim" />
        <Dialog.Content className="float dialog p-5" aria-describedby={undefined}>
          <Dialog.Title className="mb-3 text-lg font-title">{t("shortcuts.title")}</Dialog.Title>
          <dl>
            {SHORTCUTS.map(({ action, keys }) => (
              <div key={action} className="flex items-center border-t border-line py-1.5">
                <dt className="flex-1">{t(`shortcuts.${action}`)}</dt>
                <dd className="flex gap-1">
                  {keys.split(" ").map((key) => (
                    <kbd key={key}>{key}</kbd>
                  ))}
                </dd>
              </div>
            ))}
          </dl>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
