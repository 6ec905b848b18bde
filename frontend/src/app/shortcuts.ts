import { useNavigate } from "@tanstack/react-router";
import { useEffect } from "react";
import { type Action, actionOf, isWriting } from "./keys";
import { showPart, toggleList, usePage } from "./page-state";

/** Calls what a shortcut means; `undefined` leaves the press to the browser. */
export function useShortcuts(actions: Partial<Record<Action, () => void>>): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing) return;
      const action = actionOf(event);
      if (!action) return;
      if (action === "shortcuts" && isWriting(event.target)) return;
      const run = actions[action];
      if (!run) return;
      event.preventDefault();
      run();
    };
    window.addEventListener("keydown", pressed);
    return () => window.removeEventListener("keydown", pressed);
  }, [actions]);
}

/** The shortcuts that work in every room. */
export function useGlobalShortcuts(): void {
  const navigate = useNavigate();
  useShortcuts({
    palette: () => showPart("palette", !usePage.getState().palette),
    shortcuts: () => showPart("shortcuts", true),
    newChat: () => void navigate({ to: "/" }),
    list: toggleList,
  });
}
