/** For the build: leaves out the icons and the rules of shared style sheets that nothing on this page uses. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import postcss from "postcss";
import type { Plugin } from "vite";

/** The folder of the page that tests: icons that only it names are a sprite of their own. */
const OWN = "check";
const QUOTED = /(?<=")[\w-]+(?=")/g;
const SHARED = /\/(?:components|pages|tokens)\.css$/;
const SPRITE = /\/icons\.svg\?raw(?:&check)?$/;
const SYMBOL = /<symbol id="([^"]+)".*?<\/symbol>\s*/gs;
const SENTENCE = /\bt\(\s*"[^"]*"/g;
const COMMENT = /\/\*.*?\*\/|^[ \t]*\/\/[^\n]*$/gms;
const GROUP = /:(is|where|not|has)\(/;

/** Leave them out. `folder` holds the sources: a name that is nowhere in them is not used. */
export function onlyUsed(folder: string): Plugin {
  const shared = namesIn(join(folder, "views"), QUOTED);
  const own = namesIn(join(folder, OWN), QUOTED);
  const variables = variablesIn(folder);
  const names = namesIn(folder, /(?<=["` ])[\w-]+(?=["`$ ])/g, /\.(?:tsx?|svg)$/);
  return {
    name: "only-used",
    enforce: "pre",
    load(id) {
      if (!SPRITE.test(id)) return undefined;
      const sprite = readFileSync(id.replace(/\?.*/, ""), "utf8");
      const isKept = (name: string) =>
        id.endsWith(OWN) ? hasIcon(name, own) && !hasIcon(name, shared) : hasIcon(name, shared);
      const kept = sprite.replace(SYMBOL, (symbol, name: string) => (isKept(name) ? symbol : ""));
      return `export default ${JSON.stringify(kept)};`;
    },
    transform(code, id) {
      if (!SHARED.test(id)) return undefined;
      return id.endsWith("/tokens.css") ? usedTokens(code, variables) : usedRules(code, names);
    },
  };
}

/** Return every such name in the sources, sentences and comments apart. `avatar--` covers every name that begins with it. */
function namesIn(folder: string, name: RegExp, where = /\.tsx?$/): Set<string> {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => where.test(file));
  const texts = files.map((file) =>
    readFileSync(join(folder, file), "utf8").replace(SENTENCE, "").replace(COMMENT, ""),
  );
  return new Set(texts.flatMap((text) => text.match(name) ?? []));
}

/** Return what the style sheets and the views take by `var()`. */
function variablesIn(folder: string): Set<string> {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) =>
    /\.(?:css|tsx?)$/.test(file),
  );
  return new Set(files.flatMap((file) => readFileSync(join(folder, file), "utf8").match(/(?<=var\()--[\w-]+/g) ?? []));
}

function usedTokens(css: string, variables: Set<string>): string {
  const sheet = postcss.parse(css);
  sheet.walkDecls(/^--/, (token) => {
    if (!variables.has(token.prop)) token.remove();
  });
  return sheet.toString();
}

function hasIcon(symbol: string, quoted: Set<string>): boolean {
  return symbol === "mark" || quoted.has(symbol) || (symbol.startsWith("i-") && quoted.has(symbol.slice(2)));
}

function usedRules(css: string, names: Set<string>): string {
  const sheet = postcss.parse(css);
  sheet.walkRules((rule) => {
    if (rule.parent?.type === "atrule" && (rule.parent as postcss.AtRule).name === "keyframes") return;
    const kept = rule.selectors.filter((selector) => isUsed(selector, names));
    if (kept.length === 0) rule.remove();
    else if (kept.length < rule.selectors.length) rule.selectors = kept;
  });
  sheet.walkAtRules((each) => {
    if (each.nodes?.length === 0) each.remove();
  });
  return sheet.toString();
}

/** Return whether anything can match: each class is used, of a group one alternative at least. */
function isUsed(selector: string, names: Set<string>): boolean {
  const group = GROUP.exec(selector);
  if (group === null) return [...selector.matchAll(/\.([\w-]+)/g)].every(([, name]) => isKnown(name!, names));
  const [inside, rest] = cut(selector.slice(group.index + group[0].length));
  const before = selector.slice(0, group.index);
  const some = group[1] === "not" || postcss.list.comma(inside).some((each) => isUsed(each, names));
  return some && isUsed(before + rest, names);
}

/** Return what is before the parenthesis that closes, and what is behind it. */
function cut(text: string): [string, string] {
  let depth = 1;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === "(") depth++;
    else if (text[at] === ")" && --depth === 0) return [text.slice(0, at), text.slice(at + 1)];
  }
  throw new Error(`a selector does not end: ${text}`);
}

function isKnown(name: string, names: Set<string>): boolean {
  return names.has(name) || names.has(name.replace(/--[^-]*$/, "--"));
}
