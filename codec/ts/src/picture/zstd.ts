/** zstd streams (RFC 8878) in WebAssembly, one after the other in one memory: a hostile stream harms only itself. */

import { BadPacketError } from "./errors.ts";
import { WINDOW_LOG } from "./packet.gen.ts";

const MAGIC = 0xfd2fb528;
const FIRST_ERROR = 0xffffff00;
const POINTERS = 24;
/** The largest packet, what it becomes, and the window take less: more is a fault, and the memory is given up. */
const MOST_MEMORY = 320 << 20;

interface Exports {
  memory: WebAssembly.Memory;
  malloc(bytes: number): number;
  free(pointer: number): void;
  ZSTD_createDCtx(): number;
  ZSTD_freeDCtx(context: number): number;
  ZSTD_decompressStream(context: number, output: number, input: number): number;
}

export class Zstd {
  private readonly code: Exports;
  private context = 0;
  private readonly pointers: number;
  private input = { at: 0, bytes: 0 };
  private output = { at: 0, bytes: 0 };
  private begun = false;

  constructor(module: WebAssembly.Module) {
    const imports = { env: { emscripten_notify_memory_growth: () => {} } };
    this.code = new WebAssembly.Instance(module, imports).exports as unknown as Exports;
    this.pointers = this.code.malloc(POINTERS);
    this.restart();
  }

  /** The next part begins another stream; the memory stays. */
  restart(): void {
    if (this.context !== 0) this.code.ZSTD_freeDCtx(this.context);
    this.context = this.code.ZSTD_createDCtx();
    this.begun = false;
  }

  /**
   * Decompress the next part of the stream, which must give exactly `bytes` bytes. The result is a view into this
   * stream's memory: use it before the next call. Throws BadPacketError.
   */
  next(part: Uint8Array, bytes: number): Uint8Array {
    if (!this.begun) checkWindow(part);
    this.begun = true;
    this.input = this.room(this.input, part.length);
    this.output = this.room(this.output, bytes);
    new Uint8Array(this.code.memory.buffer, this.input.at, part.length).set(part);
    this.point(0, this.output.at, bytes);
    this.point(12, this.input.at, part.length);
    for (;;) {
      const before = this.position(0) + this.position(12);
      const result = this.code.ZSTD_decompressStream(this.context, this.pointers, this.pointers + 12) >>> 0;
      if (result >= FIRST_ERROR) throw new BadPacketError(`zstd error ${0x100000000 - result}`);
      if (result === 0) throw new BadPacketError("the stream is over"); // another one could want any window
      if (this.position(12) === part.length && this.position(0) === bytes) break;
      if (this.position(0) + this.position(12) === before) throw new BadPacketError("the stream ends too early");
    }
    return new Uint8Array(this.code.memory.buffer, this.output.at, bytes);
  }

  private room(buffer: { at: number; bytes: number }, bytes: number): { at: number; bytes: number } {
    if (bytes <= buffer.bytes) return buffer;
    if (buffer.at !== 0) this.code.free(buffer.at);
    const at = this.code.malloc(bytes);
    if (at === 0 || this.code.memory.buffer.byteLength > MOST_MEMORY)
      throw new RangeError("pictures take no such memory");
    return { at, bytes };
  }

  private point(offset: number, at: number, bytes: number): void {
    new Uint32Array(this.code.memory.buffer, this.pointers + offset, 3).set([at, bytes, 0]);
  }

  private position(offset: number): number {
    return new Uint32Array(this.code.memory.buffer, this.pointers + offset + 8, 1)[0]!;
  }
}

/** Refuse a stream that wants to look further back than ours ever do: it would take that much memory. */
function checkWindow(part: Uint8Array): void {
  const view = new DataView(part.buffer, part.byteOffset, part.byteLength);
  if (part.length < 6 || view.getUint32(0, true) !== MAGIC) throw new BadPacketError("not a zstd stream");
  const single = (view.getUint8(4) & 0x20) !== 0;
  if (single || 10 + (view.getUint8(5) >> 3) > WINDOW_LOG) throw new BadPacketError("the window is too large");
}
