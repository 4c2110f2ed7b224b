/** The code of zstd, compiled once for all workers that decode pictures. */

import wasm from "virtual:zstd";

let compiled: Promise<WebAssembly.Module> | undefined;

export function loadZstd(): Promise<WebAssembly.Module> {
  compiled ??= fetch(wasm).then((response) => WebAssembly.compileStreaming(response));
  return compiled;
}
