import { Tooltip as Radix } from "radix-ui";
import type { ReactNode } from "react";

interface TooltipProps {
  text: ReactNode;
  keys?: string;
  side?: "top" | "right" | "bottom" | "left";
  /** One element that takes a ref: the thing explained. */
  children: ReactNode;
}

// A finger cannot hover: there a tooltip only covers what was touched.
const hovers = !window.matchMedia?.("(hover: none)").matches;

export function Tooltip({ text, keys, side = "bottom", children }: TooltipProps) {
  if (!hovers) return children;
  return (
    <Radix.Root>
      <Radix.Trigger asChild>{children}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content className="tip" side={side} sideOffset={6} collisionPadding={8}>
          {text}
          {keys ? <kbd className="ml-2">{keys}</kbd> : null}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

export const TooltipProvider = Radix.Provider;
