import { AlertDialog } from "radix-ui";
import { useTranslation } from "react-i18next";

interface ConfirmProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  body: string;
  action: string;
  onConfirm: () => void;
}

/** Asks before what cannot be undone. Focus starts on Cancel. */
export function Confirm({ open, onOpenChange, title, body, action, onConfirm }: ConfirmProps) {
  const { t } = useTranslation();
  return (
    <AlertDialog.Root open={open} onOpenChange={onOpenChange}>
      <AlertDialog.Portal>
        <AlertDialog.Overlay className="scrim" />
        <AlertDialog.Content className="float dialog p-5">
          <AlertDialog.Title className="text-lg font-title">{title}</AlertDialog.Title>
          <AlertDialog.Description className="mt-2 text-ink-2">{body}</AlertDialog.Description>
          <div className="mt-5 flex justify-end gap-2">
            <AlertDialog.Cancel className="btn">{t("cancel")}</AlertDialog.Cancel>
            <AlertDialog.Action className="btn text-error" onClick={onConfirm}>
              {action}
            </AlertDialog.Action>
          </div>
        </AlertDialog.Content>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
