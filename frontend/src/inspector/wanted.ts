import { create } from "zustand";

/** The section that whoever opens the sheet wants to see first; a mark on a message leads to its own. */
const useWanted = create<{ section: string | null; focus: boolean }>()(() => ({
  section: null,
  focus: false,
}));

/** Whoever opens the sheet by a key goes on with keys. */
export function wantFocus(): void {
  useWanted.setState({ focus: true });
}

/** Whether the sheet is to take the focus; asked once. */
export function takeFocusWanted(): boolean {
  const { focus } = useWanted.getState();
  if (focus) useWanted.setState({ focus: false });
  return focus;
}

export function wantSection(section: string): void {
  useWanted.setState({ section });
}

export function forgetWanted(): void {
  useWanted.setState({ section: null });
}

export function useWantedSection(): string | null {
  return useWanted((state) => state.section);
}
