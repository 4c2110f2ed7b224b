/**
 * For the build: names every text by a number, and makes a list of each catalogue. So the page holds no text in any
 * language, and a customer loads those of theirs only. English, which the sources are in, gets a list too.
 */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";

const CALL = /\bt\(\s*("(?:[^"\\]|\\.)*")/g;
const CATALOGUE = /\/texts\/[^/]*\.gen\.json$/;
const ENGLISH = "virtual:english";

/** Name them. `folder` holds the sources. */
export function numberedTexts(folder: string): Plugin {
  const texts = textsIn(folder);
  const english = join(folder, "texts/en.gen.json"); // no file has this name: its texts are the sources' own
  const numbers = new Map(texts.map((text, number) => [text, number]));
  return {
    name: "numbered-texts",
    enforce: "pre",
    resolveId: (id) => (id === ENGLISH ? english : undefined),
    load(id) {
      if (!CATALOGUE.test(id)) return undefined;
      const catalogue: Record<string, string> = id === english ? {} : JSON.parse(readFileSync(id, "utf8"));
      return JSON.stringify(texts.map((text) => catalogue[text] ?? text));
    },
    transform(code, id) {
      if (!id.startsWith(folder) || !/\.tsx?$/.test(id)) return undefined;
      return code.replace(CALL, (call, text: string) => call.replace(text, `"${numbers.get(JSON.parse(text))}"`));
    },
  };
}

/** Return every text of the sources, once. */
function textsIn(folder: string): string[] {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => /\.tsx?$/.test(file));
  const calls = files.sort().flatMap((file) => [...readFileSync(join(folder, file), "utf8").matchAll(CALL)]);
  return [...new Set(calls.map((call): string => JSON.parse(call[1]!)))];
}
