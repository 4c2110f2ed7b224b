/** zstd's WebAssembly, for builds and tests. The package zstddec carries it as text inside JavaScript. */

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Return the bytes of the module that `Zstd` (src/picture/zstd.ts) runs. */
export function zstdWasm() {
  const source = readFileSync(fileURLToPath(import.meta.resolve("zstddec/stream")), "utf8");
  const text = source.match(/"([A-Za-z0-9+/=]{10000,})"/)?.[1];
  if (text === undefined) throw new Error("zstddec no longer carries its WebAssembly as base64: see zstd_wasm.js");
  return Buffer.from(text, "base64");
}
