import { licences } from "@deskside/codec/licences";
import { zstdWasm } from "@deskside/codec/zstd_wasm";
import preact from "@preact/preset-vite";
import { defineConfig, type Plugin } from "vite";

/**
 * Gives the page zstd's WebAssembly as a file of its own. Its package has it as text inside JavaScript, which would
 * need `connect-src data:` to load, and shares one memory between all streams; a file needs neither.
 */
function zstd(): Plugin {
  const name = "virtual:zstd";
  return {
    name: "zstd",
    resolveId: (id) => (id === name ? `\0${name}` : undefined),
    load(id) {
      if (id !== `\0${name}`) return undefined;
      const file = this.emitFile({ type: "asset", name: "zstd.wasm", source: zstdWasm() });
      return `export default import.meta.ROLLUP_FILE_URL_${file};`;
    },
  };
}

/** What tests build alone: the picture's decoder, to hold it against Python's, and the rules of the input. */
const PARTS: Record<string, string> = { decoder: "src/picture/lib.ts", input: "src/input/lib.ts" };

export default defineConfig(({ mode }) => ({
  base: "./",
  plugins: [preact(), zstd(), ...(mode in PARTS ? [] : [licences(import.meta.dirname)])],
  publicDir: mode in PARTS ? false : "public",
  build: {
    outDir: "../page/static",
    emptyOutDir: true,
    target: "es2023",
    assetsInlineLimit: 0,
    ...(mode in PARTS && { lib: { entry: PARTS[mode]!, formats: ["es"], fileName: mode } }),
  },
}));
