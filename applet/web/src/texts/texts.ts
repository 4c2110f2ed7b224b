/** The page's words. Every sentence goes through `t`; the catalogues are made from applet/web/locale by tests/catalogues.py. */

/** What is said for texts of the sources, which the build gives numbers, from the first of them on (numberedTexts.ts). */
export interface Texts {
  first: number;
  texts: readonly string[];
}
/** Every catalogue that there is, by its file: tests/test_catalogues.py lets only complete ones in. */
export type Catalogues = Record<string, () => Promise<Texts>>;

const SOURCE = "en";
/** Each is loaded when it is spoken. */
const CATALOGUES: Catalogues = {
  ...import.meta.glob<Texts>("./*.gen.json", { import: "default" }),
  [`./${SOURCE}.gen.json`]: async () => (await import("virtual:english")).default,
};
/** Those of what is loaded later. */
const LATER: Catalogues = {
  ...import.meta.glob<Texts>("./*.gen.json", { import: "default", query: "?later" }),
  [`./${SOURCE}.gen.json`]: async () => (await import("virtual:english-later")).default,
};
const RIGHT_TO_LEFT = ["ar", "fa", "he", "ur"];
const NON_BREAKING = "\u00a0";

const sources = [CATALOGUES];
let catalogue: string[] = [];
let code = SOURCE;
let later: Promise<void> | null = null;

/** Let a page have texts beyond those that all share: the catalogues of its own folder. Before `speak`. */
export function addTexts(more: Catalogues): void {
  sources.push(more);
}

/** Have the texts of what is loaded later from now on, in every language. Rejects where they cannot be loaded. */
export function loadLaterTexts(): Promise<void> {
  if (later === null) {
    addTexts(LATER);
    later = speak(code).catch((error: unknown) => {
      sources.splice(sources.indexOf(LATER), 1);
      later = null;
      throw error;
    });
  }
  return later;
}

/** Speak this language from now on, English where there is no catalogue, and tell the browser which one it is. */
export async function speak(wanted: string): Promise<void> {
  const found = sources.map((each) => Object.keys(each).find((file) => file.endsWith(`/${wanted}.gen.json`)));
  code = found.includes(undefined) ? SOURCE : wanted;
  const lists = sources.map((each) => each[Object.keys(each).find((file) => file.endsWith(`/${code}.gen.json`))!]!());
  const now = code;
  const spoken: string[] = [];
  for (const { first, texts } of await Promise.all(lists)) {
    for (const [place, text] of texts.entries()) spoken[first + place] = text;
  }
  if (code !== now) return; // another one was wanted meanwhile
  catalogue = spoken;
  document.documentElement.lang = code;
  document.documentElement.dir = RIGHT_TO_LEFT.includes(code) ? "rtl" : "ltr";
}

/** Return the code of the language in use. */
export function language(): string {
  return code;
}

/** Return `text` in the language in use, with `{name}` replaced by the value of that name. */
export function t(text: string, values: Record<string, string | number> = {}): string {
  return (catalogue[Number(text)] ?? text).replace(/\{(\w+)\}/g, (whole, name: string) =>
    String(values[name] ?? whole),
  );
}

/** Return the page's language as it is written where its reader is: British dates for British readers. */
function locale(): string {
  return navigator.languages.find((each) => each.split("-")[0] === code) ?? code;
}

/** Return the time of day, without seconds. */
export function timeOfDay(at: number): string {
  return new Date(at).toLocaleTimeString(locale(), { timeStyle: "short" });
}

/** Return a day and the time. */
export function dayAndTime(at: number): string {
  return new Date(at).toLocaleString(locale(), { dateStyle: "long", timeStyle: "short" });
}

/** Return things as one phrase: one, two and three. */
export function list(things: readonly string[]): string {
  return new Intl.ListFormat(code, { type: "conjunction" }).format(things);
}

/** Return a figure with as many digits as tell something. */
export function decimal(value: number): string {
  return value.toLocaleString(locale(), { maximumFractionDigits: Math.abs(value) < 10 ? 1 : 0 });
}

/** Return a day in words. */
export function day(at: number): string {
  return new Date(at).toLocaleDateString(locale(), { dateStyle: "long" });
}

/** Return how long something takes so far: 0:09, 18:42, 1:02:07. */
export function span(milliseconds: number): string {
  const whole = Math.max(0, Math.floor(milliseconds / 1000));
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const shown = parts[0] === 0 ? parts.slice(1) : parts;
  return shown.map((part, place) => (place === 0 ? String(part) : String(part).padStart(2, "0"))).join(":");
}

/** Return a length of time as people say it, never more exact than they need. A time to wait is not made shorter. */
export function amount(seconds: number, whole: (number: number) => number = Math.ceil): string {
  if (seconds <= 90) return inUnits(Math.max(1, whole(seconds)), "second");
  const minutes = whole(seconds / 60);
  return minutes <= 90 ? inUnits(minutes, "minute") : inUnits(whole(seconds / 3600), "hour");
}

/** Return a number of minutes in words. */
export function minutes(count: number): string {
  return inUnits(count, "minute");
}

function inUnits(count: number, unit: "second" | "minute" | "hour"): string {
  const words = count.toLocaleString(locale(), { style: "unit", unit, unitDisplay: "long" });
  return words.replace(" ", NON_BREAKING);
}
