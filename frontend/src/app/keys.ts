/** Keyboard shortcuts as data, so that the sheet that lists them cannot differ from what they do. */
export interface Shortcut {
  action:
    | "palette"
    | "newChat"
    | "composer"
    | "copyAnswer"
    | "copyCode"
    | "list"
    | "inspector"
    | "previousBranch"
    | "nextBranch"
    | "previousMessage"
    | "nextMessage"
    | "regenerate"
    | "stop"
    | "picker"
    | "sections"
    | "nextSection"
    | "moment"
    | "fill"
    | "shortcuts";
  keys: string;
}

export const SHORTCUTS: Shortcut[] = [
  { action: "palette", keys: "Ctrl K" },
  { action: "newChat", keys: "Ctrl ⇧ O" },
  { action: "composer", keys: "⇧ Esc" },
  { action: "copyAnswer", keys: "Ctrl ⇧ C" },
  { action: "copyCode", keys: "Ctrl ⇧ ;" },
  { action: "list", keys: "Ctrl ⇧ S" },
  { action: "inspector", keys: "Ctrl I" },
  { action: "previousBranch", keys: "Alt ←" },
  { action: "nextBranch", keys: "Alt →" },
  { action: "previousMessage", keys: "Alt ↑" },
  { action: "nextMessage", keys: "Alt ↓" },
  { action: "regenerate", keys: "Alt R" },
  { action: "stop", keys: "Esc" },
  { action: "picker", keys: "Alt M" },
  // In the inspector alone: inspector/section-keys.ts, inspector/timeline/Plot.tsx.
  { action: "sections", keys: "1 … 8" },
  { action: "nextSection", keys: "[ ]" },
  { action: "moment", keys: "← →" },
  { action: "fill", keys: "W" },
  { action: "shortcuts", keys: "?" },
];

export type Action = Shortcut["action"];

export function keysOf(action: Action): string {
  return SHORTCUTS.find((shortcut) => shortcut.action === action)?.keys ?? "";
}

type KeyPress = Pick<KeyboardEvent, "key" | "code" | "ctrlKey" | "metaKey" | "shiftKey" | "altKey">;

/** Letters and arrows only, by the key's meaning: on a Spanish keyboard brackets and slashes need AltGr. */
export function actionOf(press: KeyPress): Action | null {
  const key = press.key.toLowerCase();
  const control = press.ctrlKey || press.metaKey;
  if (control && press.altKey) return null;
  if (control && press.shiftKey) {
    if (key === "o") return "newChat";
    if (key === "s") return "list";
    if (key === "c") return "copyAnswer";
    // With Shift this key gives ":" or, on a Spanish keyboard, ";" stands on the comma's.
    if (key === ";" || key === ":") return "copyCode";
    return null;
  }
  if (control) return key === "k" ? "palette" : key === "i" ? "inspector" : null;
  if (press.altKey && !press.shiftKey) {
    if (key === "arrowleft") return "previousBranch";
    if (key === "arrowright") return "nextBranch";
    if (key === "arrowup") return "previousMessage";
    if (key === "arrowdown") return "nextMessage";
    // Option gives other letters on a Mac (µ, ®); the place of the key says what was meant.
    if (key === "m" || press.code === "KeyM") return "picker";
    if (key === "r" || press.code === "KeyR") return "regenerate";
    return null;
  }
  if (press.shiftKey && key === "escape") return "composer";
  return key === "?" ? "shortcuts" : null;
}

/** Whether the press belongs to something that is being written. */
export function isWriting(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      target.matches("input:not([type=checkbox]):not([type=radio]), textarea, select"))
  );
}
