/** What was typed before this page was drawn: its HTML has a field that takes it from the first moment on. */

/** What that field held; `start` and `end` are its selection. */
export interface TypedEarly {
  typed: string;
  focused: boolean;
  start: number;
  end: number;
}

/** Take what was typed out of the page, together with its field; null where there is none, or no longer. */
export function takeTypedEarly(): TypedEarly | null {
  const field = document.querySelector<HTMLInputElement>("#early");
  if (field === null) return null;
  const { value: typed, selectionStart, selectionEnd } = field;
  const focused = document.activeElement === field;
  field.remove();
  return { typed, focused, start: selectionStart ?? typed.length, end: selectionEnd ?? typed.length };
}
