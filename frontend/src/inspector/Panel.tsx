import { X } from "lucide-react";
import { Dialog } from "radix-ui";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { IconButton } from "../ui/IconButton";

interface PanelProps {
  open: boolean;
  onClose: () => void;
  title: ReactNode;
  small?: ReactNode;
  /** Wide enough for two things beside each other. */
  wide?: boolean;
  /** Stands under the scroll, always in sight. */
  foot?: ReactNode;
  testId: string;
  children: ReactNode;
}

/** A dialog with a head, a scroll and a foot; on a phone it fills the page. */
export function Panel({ open, onClose, title, small, wide = false, foot, testId, children }: PanelProps) {
  const { t } = useTranslation("inspector");
  return (
    <Dialog.Root open={open} onOpenChange={(next) => next || onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className="scrim" />
        <Dialog.Content
          className="float insp-panel"
          data-wide={wide || undefined}
          data-testid={testId}
          aria-describedby={undefined}
          // Esc closes this and not the sheet beneath it.
          onKeyDown={(event) => event.stopPropagation()}
          onOpenAutoFocus={(event) => {
            event.preventDefault();
            (event.currentTarget as HTMLElement | null)?.focus();
          }}
        >
          <header className="insp-panel-head">
            <Dialog.Title className="min-w-0 text-lg font-title">{title}</Dialog.Title>
            {small ? <span className="min-w-0 text-xs text-ink-3">{small}</span> : null}
            <span className="flex-1" />
            <IconButton small label={t("close")} keys="Esc" onClick={onClose}>
              <X size={16} />
            </IconButton>
          </header>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scroll box must be reachable by keyboard */}
          <div className="insp-panel-body" tabIndex={0}>
            {children}
          </div>
          {foot ? <footer className="insp-panel-foot">{foot}</footer> : null}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
