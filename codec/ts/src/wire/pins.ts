/** PINs: six digits, or nine where they begin with a 9. As codec/wire/pins.py, which says why. Pure. */

import { LONG_DIGITS, LONG_FIRST, SHORT_DIGITS } from "./pins.gen.ts";

/** Return the PIN that digits begin with, and the secret digits after it. Null if it is cut short. */
export function split(digits: string): { pin: string; secret: string } | null {
  const length = digits.startsWith(LONG_FIRST) ? LONG_DIGITS : SHORT_DIGITS;
  if (digits.length < length || !/^[0-9]*$/.test(digits)) return null;
  return { pin: digits.slice(0, length), secret: digits.slice(length) };
}
