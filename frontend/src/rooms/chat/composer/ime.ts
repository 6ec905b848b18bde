/** What a key press tells about an input method; both React's and the browser's events fit. */
interface Press {
  key: string;
  keyCode?: number;
  isComposing?: boolean;
  nativeEvent?: { isComposing?: boolean };
}

/**
 * Whether the press belongs to an input method that is still composing. Enter then chooses a candidate
 * and must not send. 229 is what some engines report instead, Safari even after the composition's end.
 */
export function isComposing(press: Press): boolean {
  return Boolean(press.isComposing || press.nativeEvent?.isComposing) || press.keyCode === 229;
}

export function isPlainEnter(press: Press & { shiftKey: boolean }): boolean {
  return press.key === "Enter" && !press.shiftKey && !isComposing(press);
}
