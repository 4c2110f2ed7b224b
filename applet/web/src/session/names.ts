/**
 * Names that the relay says, as they may appear inside a sentence: shown_name of applet/ui/widgets.py. What would turn
 * the text around or hide in it is written out, and what is too long is cut. Pure.
 */

const MAX_NAME = 44;
const MAX_MARKS = 8;
/** What Python counts as space between words. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: names may hold them
const SPACES = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/u;
const MARK = /[\p{Mn}\p{Me}\p{Mc}\p{Cf}]/u;
const WRITTEN_OUT = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\u115f\u1160\u3164\uffa0]|\p{Noncharacter_Code_Point}/u;
/** Format characters that words are written with. */
const KEPT = /[\u00ad\u200b-\u200d\u2060\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u{110bd}\u{110cd}]/u;

/** Return a name for sentences. */
export function shownName(name: string): string {
  const characters = [...name.split(SPACES).filter(Boolean).join(" ")];
  let marks = 0;
  const safe = characters.map((each) => {
    marks = each > "~" && MARK.test(each) ? marks + 1 : 0;
    const bad = marks > MAX_MARKS || (WRITTEN_OUT.test(each) && !KEPT.test(each));
    return bad ? escaped(each.codePointAt(0)!) : each;
  });
  const whole = [...safe.join("")];
  return whole.length <= MAX_NAME ? whole.join("") : `${whole.slice(0, MAX_NAME - 1).join("")}…`;
}

function escaped(code: number): string {
  const [letter, length] = code < 0x100 ? ["x", 2] : code < 0x10000 ? ["u", 4] : ["U", 8];
  return `\\${letter}${code.toString(16).padStart(length as number, "0")}`;
}
