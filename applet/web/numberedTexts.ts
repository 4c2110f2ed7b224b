/**
 * For the build: names every text by a number, and makes a list of each catalogue. So the page holds no text in any
 * language, and a customer loads those of theirs only. English, which the sources are in, gets a list too.
 */

import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { Plugin } from "vite";

const CALL = /\bt\(\s*("(?:[^"\\]|\\.)*")/g;
const CATALOGUE = /\/texts\/[^/]*\.gen\.json$/;
/** The pages' own folders: texts that are only there have lists of their own, which only that page loads. */
const OWN = "check";
/** Asked for with this, a catalogue's list is that of the texts that are only in what is loaded later… */
const LATER = ".gen.json?later";
/** …as a file that is not there, beside the catalogue. */
const LATER_FILE = ".later.gen.json";
/** Where English is imported from → the file that its list takes the place of. Its texts are the sources' own. */
const ENGLISH: Record<string, string> = {
  "virtual:english": "texts/en.gen.json",
  "virtual:english-later": `texts/en${LATER_FILE}`,
  "virtual:english-check": `${OWN}/texts/en.gen.json`,
};

/** Name them. `folder` holds the sources, `isLater` says which of them are loaded later, with their texts. */
export function numberedTexts(folder: string, isLater: (file: string) => boolean): Plugin {
  const isOwn = (file: string) => file.startsWith(OWN);
  const [ofLater, ofOwn] = [textsIn(folder, isLater), textsIn(folder, isOwn)];
  const inBoth = ofLater.filter((text) => ofOwn.includes(text)); // neither of the two loads the other's list
  const everywhere = textsIn(folder, (file) => !isOwn(file) && !isLater(file));
  const shared = [...new Set([...everywhere, ...inBoth])];
  const onlyThere = (texts: string[]) => texts.filter((text) => !shared.includes(text));
  const [later, own] = [onlyThere(ofLater), onlyThere(ofOwn)];
  const numbers = new Map([...shared, ...later, ...own].map((text, number) => [text, number]));
  return {
    name: "numbered-texts",
    enforce: "pre",
    resolveId(id) {
      if (id in ENGLISH) return join(folder, ENGLISH[id]!);
      return id.endsWith(LATER) ? join(folder, "texts", basename(id).replace(LATER, LATER_FILE)) : undefined;
    },
    load(id) {
      if (!CATALOGUE.test(id)) return undefined;
      const file = id.replace(LATER_FILE, ".gen.json");
      const isEnglish = file.endsWith("/en.gen.json"); // no file has this name
      const catalogue: Record<string, string> = isEnglish ? {} : JSON.parse(readFileSync(file, "utf8"));
      const texts = file !== id ? later : id.startsWith(join(folder, OWN)) ? own : shared;
      const first = texts.length === 0 ? 0 : numbers.get(texts[0]!);
      return JSON.stringify({ first, texts: texts.map((text) => catalogue[text] ?? text) });
    },
    transform(code, id) {
      if (!id.startsWith(folder) || !/\.tsx?$/.test(id)) return undefined;
      return code.replace(CALL, (call, text: string) => call.replace(text, `"${numbers.get(JSON.parse(text))}"`));
    },
  };
}

/** Return every text of these sources, once. */
function textsIn(folder: string, isOne: (file: string) => boolean): string[] {
  const all = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const files = all.filter((file) => /\.tsx?$/.test(file) && isOne(file));
  const calls = files.sort().flatMap((file) => [...readFileSync(join(folder, file), "utf8").matchAll(CALL)]);
  return [...new Set(calls.map((call): string => JSON.parse(call[1]!)))];
}
