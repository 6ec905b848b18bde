import { Dialog } from "radix-ui";
import type { ReactNode } from "react";

interface SheetProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  label: string;
  /** From the left: the drawer. From below: the phone's sheet. */
  from: "left" | "bottom";
  className?: string;
  children: ReactNode;
}

/** A surface over the page that Esc closes; focus returns to where it was. */
export function Sheet({ open, onOpenChange, label, from, className = "", children }: SheetProps) {
  return (
    <Dialog.Root open={open} onOpenChange={onOpenChange}>
      <Dialog.Portal>
        <Dialog.Overlay className="scrim" />
        <Dialog.Content
          className={`sheet-${from} ${className}`}
          aria-describedby={undefined}
          // The sheet itself takes the focus: its first button would open its tooltip.
          onOpenAutoFocus={(event) => {
            event.preventDefault();
            (event.currentTarget as HTMLElement | null)?.focus();
          }}
        >
          <Dialog.Title className="sr-only">{label}</Dialog.Title>
          {children}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
