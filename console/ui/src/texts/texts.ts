/** The page's words. Every sentence goes through `t`; the catalogues are made from console/locale by tests/catalogues.py. */

import { signal } from "@preact/signals";

type Catalogue = Record<string, string>;

/** The source language, and every catalogue that there is: tests/test_catalogues.py lets only complete ones in. */
const FOUND = import.meta.glob<Catalogue>("./*.gen.json", { eager: true, import: "default" });
const CATALOGUES: Record<string, Catalogue> = { en: {} };
for (const [file, catalogue] of Object.entries(FOUND)) CATALOGUES[file.slice(2, -".gen.json".length)] = catalogue;
const KEPT = "deskside-language";
const RIGHT_TO_LEFT = ["ar", "fa", "he", "ur"];

/** Code and own name of each language that can be chosen. */
export const LANGUAGES: readonly (readonly [string, string])[] = Object.keys(CATALOGUES).map((code) => [
  code,
  ownName(code),
]);

export const language = signal(chosen());

/** Return `text` in the language in use, with `{name}` replaced by the value of that name. */
export function t(text: string, values: Record<string, string | number> = {}): string {
  const found = CATALOGUES[language.value]?.[text] ?? text;
  return found.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** Speak this language from now on. */
export function speak(code: string): void {
  localStorage.setItem(KEPT, code);
  language.value = code;
  dress();
}

/** Tell the browser which language the page is in and which way it is read. `?dir=rtl` turns it for trying out. */
export function dress(): void {
  const asked = new URLSearchParams(location.search).get("dir");
  document.documentElement.lang = language.value;
  document.documentElement.dir = asked ?? (RIGHT_TO_LEFT.includes(language.value) ? "rtl" : "ltr");
}

/** Return a number as people here write it. */
export function number(value: number, digits = 0): string {
  return value.toLocaleString(language.value, { maximumFractionDigits: digits, minimumFractionDigits: digits });
}

/** Return the page's language as it is written where its reader is: British dates for British readers. */
function locale(): string {
  return navigator.languages.find((each) => each.split("-")[0] === language.value) ?? language.value;
}

/** Return the time of day, without seconds. */
export function timeOfDay(at: Date): string {
  return at.toLocaleTimeString(locale(), { timeStyle: "short" });
}

/** Return a day and a time of day. */
export function dayAndTime(at: Date): string {
  return at.toLocaleString(locale(), { dateStyle: "medium", timeStyle: "short" });
}

/** Return things one after the other, as a sentence lists them: a, b and c. */
export function listed(things: readonly string[]): string {
  return new Intl.ListFormat(language.value, { type: "conjunction" }).format(things);
}

/** Return a number of bytes as people read it: 812 kB, 3.4 MB. */
export function bytes(value: number): string {
  const units = ["kilobyte", "megabyte", "gigabyte"] as const;
  const step = Math.min(Math.max(Math.floor(Math.log10(Math.max(value, 1)) / 3) - 1, 0), 2);
  const amount = value / 1000 ** (step + 1);
  const digits = amount < 10 ? 1 : 0;
  return amount.toLocaleString(language.value, { style: "unit", unit: units[step]!, maximumFractionDigits: digits });
}

/** Return how long something takes so far: 0:09, 18:42, 1:02:07. */
export function span(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const shown = parts[0] === 0 ? parts.slice(1) : parts;
  return shown.map((part, place) => (place === 0 ? String(part) : String(part).padStart(2, "0"))).join(":");
}

/** Return how long ago something was, in words: 5 min. ago. */
export function ago(seconds: number): string {
  if (seconds < 60) return t("just now");
  const words = new Intl.RelativeTimeFormat(language.value, { style: "short" });
  return seconds < 3600
    ? words.format(-Math.floor(seconds / 60), "minute")
    : words.format(-Math.floor(seconds / 3600), "hour");
}

/** Return what a language is called here; what is no code of a language stays as it is. */
export function languageName(code: string): string {
  try {
    return new Intl.DisplayNames([language.value], { type: "language" }).of(code) ?? code;
  } catch {
    return code;
  }
}

function chosen(): string {
  const wanted = [localStorage.getItem(KEPT) ?? "", ...navigator.languages.map((code) => code.split("-")[0]!)];
  return wanted.find((code) => code in CATALOGUES) ?? "en";
}

/** Return what a language calls itself, as it is written at the beginning of a line. */
function ownName(code: string): string {
  const name = new Intl.DisplayNames([code], { type: "language" }).of(code) ?? code;
  return name.charAt(0).toLocaleUpperCase(code) + name.slice(1);
}
