import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { licences } from "@deskside/codec/licences";
import preact from "@preact/preset-vite";
import { defineConfig, type Plugin } from "vite";
import { numberedTexts } from "./numberedTexts.ts";
import { onlyUsed } from "./onlyUsed.ts";

const SOURCES = join(import.meta.dirname, "src");
/** The texts that all pages share, and those of the page that tests. */
const TEXTS = [join(SOURCES, "texts"), join(SOURCES, "check/texts")];
const PAGES = ["index", "check"];
/** Of Deskside: consoles compare only what is of their own version. */
const VERSION = readFileSync(join(import.meta.dirname, "../../codec/__init__.py"), "utf8").match(
  /__version__ = "(.+)"/,
)![1];
const RIGHT_TO_LEFT = ["ar", "fa", "he", "ur"];

/** The fonts are those of the relay's other pages: a customer who typed a PIN there has them already. */
function relayFonts(): Plugin {
  return {
    name: "relay-fonts",
    enforce: "pre",
    transform: (code, id) =>
      id.endsWith("/tokens.css") ? code.replaceAll('url("fonts/', 'url("/static/fonts/') : undefined,
  };
}

/**
 * Writes each page once for each language, and `manifest.json` with the digest of every file. Nothing of it is drawn when
 * it is served, so that anyone can compare what a relay serves with what was built.
 */
function languagesAndDigests(): Plugin {
  const catalogues = new Map<string, Record<string, string>>([["en", {}]]);
  for (const folder of TEXTS) {
    for (const file of readdirSync(folder).filter((name) => name.endsWith(".gen.json"))) {
      const code = file.slice(0, -".gen.json".length);
      catalogues.set(code, { ...catalogues.get(code), ...JSON.parse(readFileSync(join(folder, file), "utf8")) });
    }
  }
  return {
    name: "languages-and-digests",
    enforce: "post",
    writeBundle({ dir }) {
      for (const name of PAGES) {
        const page = readFileSync(join(dir!, `${name}.html`), "utf8");
        for (const [code, catalogue] of catalogues) {
          const file = code === "en" ? `${name}.html` : `${name}.${code}.html`;
          writeFileSync(join(dir!, file), inLanguage(page, code, catalogue));
        }
      }
      const files = readdirSync(dir!, { recursive: true, withFileTypes: true })
        .filter((each) => each.isFile() && each.name !== "manifest.json")
        .map((each) => relative(dir!, join(each.parentPath, each.name)).replaceAll("\\", "/"))
        .sort();
      const digests = files.map((file) => [
        file,
        createHash("sha256")
          .update(readFileSync(join(dir!, file)))
          .digest("hex"),
      ]);
      writeFileSync(
        join(dir!, "manifest.json"),
        `${JSON.stringify({ version: VERSION, files: Object.fromEntries(digests) }, null, 1)}\n`,
      );
    },
  };
}

/** The texts of a page are between % signs (tests/catalogues.py collects them). */
function inLanguage(page: string, code: string, catalogue: Record<string, string>): string {
  const direction = RIGHT_TO_LEFT.includes(code) ? "rtl" : "ltr";
  return page
    .replace('<html lang="en" dir="ltr">', `<html lang="${code}" dir="${direction}">`)
    .replace(/%([^%<>]+)%/g, (_, text: string) => catalogue[text] ?? text);
}

/** What only some visits to /join need, or their end: it is loaded then, with its texts. See views/lazily.tsx. */
const LATER = "Camera|Digits|Ended|InQueue|NoWay|Not|SmallWindow|Terms";
const LATER_SOURCES = new RegExp(`^(?:views/(?:${LATER})|texts/receipt)`);
/** What both pages load, and of /join what each visit loads. */
const SHARED =
  /node_modules|\/src\/(?:styles\/(?!camera|check|smallWindow|ended|terms)|texts\/texts|views\/(?:parts|Frame|icons)|state\/facts|machine|session\/consent\.gen)/;
const PAGE = new RegExp(
  `/src/(?:main|page|capture/(?!camera|film|track)|session|state|texts/sentences|views/(?!${LATER}))`,
);

export default defineConfig(({ mode }) => {
  const gallery = mode === "gallery"; // every state by itself, for tests and pictures; never served by a relay
  return {
    base: "/join/",
    plugins: [
      relayFonts(),
      onlyUsed(join(import.meta.dirname, "src")),
      numberedTexts(join(import.meta.dirname, "src"), (file) => LATER_SOURCES.test(file)),
      preact(),
      ...(gallery ? [] : [licences(import.meta.dirname), languagesAndDigests()]),
    ],
    publicDir: false,
    worker: { format: "es" },
    build: {
      outDir: "../../relay/join",
      emptyOutDir: true,
      target: "es2023",
      cssTarget: "esnext", // as the relay's other pages, whose style sheets are served as they are
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      rolldownOptions: {
        input: gallery ? "gallery.html" : PAGES.map((name) => `${name}.html`),
        // Without this every view that is loaded later would split the rest into many small files, which pack badly.
        output: {
          codeSplitting: {
            groups: [
              { name: "shared", test: SHARED, priority: 1 },
              { name: "page", test: PAGE },
            ],
          },
        },
      },
    },
  };
});
