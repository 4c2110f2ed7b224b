/**
 * For the build: names every text by a number, and makes a list of each catalogue. So the page holds no text in any
 * language, and a customer loads those of theirs only. English, which the sources are in, gets a list too.
 */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";

const CALL = /\bt\(\s*("(?:[^"\\]|\\.)*")/g;
const CATALOGUE = /\/texts\/[^/]*\.gen\.json$/;
/** The pages' own folders: texts that are only there have lists of their own, which only that page loads. */
const OWN = "check";
/** Where English is imported from → the file that its list takes the place of. Its texts are the sources' own. */
const ENGLISH: Record<string, string> = {
  "virtual:english": "texts/en.gen.json",
  "virtual:english-check": `${OWN}/texts/en.gen.json`,
};

/** Name them. `folder` holds the sources. */
export function numberedTexts(folder: string): Plugin {
  const shared = textsIn(folder, (file) => !file.startsWith(OWN));
  const own = textsIn(folder, (file) => file.startsWith(OWN)).filter((text) => !shared.includes(text));
  const numbers = new Map([...shared, ...own].map((text, number) => [text, number]));
  return {
    name: "numbered-texts",
    enforce: "pre",
    resolveId: (id) => (id in ENGLISH ? join(folder, ENGLISH[id]!) : undefined),
    load(id) {
      if (!CATALOGUE.test(id)) return undefined;
      const isEnglish = id.endsWith("/en.gen.json"); // no file has this name
      const catalogue: Record<string, string> = isEnglish ? {} : JSON.parse(readFileSync(id, "utf8"));
      const texts = id.startsWith(join(folder, OWN)) ? own : shared;
      return JSON.stringify(texts.map((text) => catalogue[text] ?? text));
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
