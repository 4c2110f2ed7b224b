/** PINs: six digits, or nine where they begin with a 9. As codec/wire/pins.py, which says why. Pure. */

import { LONG_DIGITS, LONG_FIRST, MAX_SECRET_DIGITS, SECRET_DIGITS, SHORT_DIGITS } from "./pins.gen.ts";

/** Return how many digits a PIN that begins like this has. */
export function lengthOf(digits: string): number {
  return digits.startsWith(LONG_FIRST) ? LONG_DIGITS : SHORT_DIGITS;
}

/** Whether digits are as many as the secret of a PIN may have. */
export function canBeSecret(digits: string): boolean {
  return digits.length >= SECRET_DIGITS && digits.length <= MAX_SECRET_DIGITS;
}

/** Return the PIN that digits begin with, and the secret digits after it. Null if it is cut short. */
export function split(digits: string): { pin: string; secret: string } | null {
  const length = lengthOf(digits);
  if (digits.length < length || !/^[0-9]*$/.test(digits)) return null;
  return { pin: digits.slice(0, length), secret: digits.slice(length) };
}
