/** A plugin for the builds of our pages: the licences of what a page has from others want to be where it is. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

const OURS = "@deskside/";
const NAME = /^(LICEN[CS]E|COPYING|NOTICE)/i;

/** Write `licences.txt` among the assets of the page in `folder`: of all that it and ours among its dependencies need. */
export function licences(folder) {
  return {
    name: "licences",
    generateBundle() {
      this.emitFile({ type: "asset", name: "licences.txt", source: licencesOf(folder) });
    },
  };
}

/** Return the texts. Throws where a package brings none, or is not there. */
export function licencesOf(folder) {
  const texts = new Map([
    ["zstd, in WebAssembly", readFileSync(join(import.meta.dirname, "src/picture/wasm/zstd.LICENSE"), "utf8")],
  ]);
  add(folder, texts);
  const sorted = [...texts].sort(([one], [other]) => (one < other ? -1 : 1));
  return sorted.map(([name, text]) => `${name}\n${"=".repeat(name.length)}\n\n${text.trim()}\n`).join("\n\n");
}

function add(folder, texts) {
  const about = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const title = `${about.name} ${about.version} (${about.license})`;
  if (texts.has(title)) return;
  if (!about.name.startsWith(OURS)) {
    const names = readdirSync(folder).filter((name) => NAME.test(name));
    if (names.length === 0) throw new Error(`${title} brings no text of its licence`);
    texts.set(title, names.map((name) => readFileSync(join(folder, name), "utf8")).join("\n"));
  }
  for (const name of Object.keys(about.dependencies ?? {})) add(folderOf(name, folder), texts);
}

function folderOf(name, from) {
  for (let at = from; ; at = dirname(at)) {
    const folder = join(at, "node_modules", name);
    if (existsSync(folder)) return folder;
    if (at === dirname(at)) throw new Error(`${name} is not installed`);
  }
}
