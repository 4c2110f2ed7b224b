/** Three short words that two people compare by voice. The list is Python's: see codec/session/sas.py. */

import { SAS_WORDS, WORDS } from "./sas.gen.ts";

/** Return the words that stand for the first three bytes of `key`. Throws RangeError when it is shorter than that. */
export function sasWords(key: Uint8Array): string[] {
  if (key.length < SAS_WORDS) throw new RangeError(`words need ${SAS_WORDS} bytes, not ${key.length}`);
  return Array.from(key.subarray(0, SAS_WORDS), (byte) => WORDS[byte]!);
}
