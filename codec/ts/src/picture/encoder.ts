/**
 * A page's pictures into packets: what codec/picture/encoder.py does without a budget, in WebAssembly (wasm/encoder.c).
 * Every pixel is exact, and the packets are the very bytes that Python's would be.
 */

import { MAX_PIXELS, MAX_SIDE } from "./geometry.gen.ts";
import { OLDEST_VERSION, VERSION } from "./packet.gen.ts";

const PIXEL_BYTES = 4;

/** How a pixel's four bytes stand, as a VideoFrame names it. The fourth means nothing. */
export type PixelFormat = "BGRX" | "RGBX";

/** A picture: `height` lines of `width` pixels, which begin `stride` bytes apart (without it, they follow). */
export interface Frame {
  data: Uint8Array;
  stride?: number;
  width: number;
  height: number;
  format: PixelFormat;
}

/** Where the next picture may be written, so that `encode` need not copy it. */
export interface FrameBuffer {
  data: Uint8Array<ArrayBuffer>;
  stride: number;
}

/** A picture has an impossible size, or fewer bytes than its size says. */
export class BadFrameError extends Error {}

interface Exports {
  memory: WebAssembly.Memory;
  encoder_create(): number;
  encoder_resize(width: number, height: number): number;
  encoder_frame(): number;
  encoder_stride(): number;
  encoder_packet(): number;
  encoder_refresh(): void;
  encoder_encode(version: number, isRgb: number): number;
}

/** Encodes one display for one viewer. It needs neither page nor timer, so it works in a worker. */
export class Encoder {
  private width = 0;
  private height = 0;

  private constructor(private readonly code: Exports) {}

  /** `code` is the module encoder.wasm. Throws RangeError where there is no memory for it. */
  static create(code: WebAssembly.Module): Encoder {
    const exports = new WebAssembly.Instance(code).exports as unknown as Exports;
    if (!exports.encoder_create()) throw new RangeError("there is no memory for an encoder");
    return new Encoder(exports);
  }

  /**
   * Return where to write the next picture of this size, for instance by `VideoFrame.copyTo(data, { format, layout:
   * [{ offset: 0, stride }] })`; then `encode` it with this very `data` and `stride`. A new size makes the next packet
   * a key, and whatever was returned before useless: wait for a copy before asking for another size.
   *
   * Throws BadFrameError, or RangeError where there is no memory for it.
   */
  frameBuffer(width: number, height: number): FrameBuffer {
    this.resize(width, height);
    const stride = this.code.encoder_stride() * PIXEL_BYTES;
    // Browsers want room for whole lines, the last one too.
    return { data: new Uint8Array(this.code.memory.buffer, this.code.encoder_frame(), stride * height), stride };
  }

  /**
   * Return the packet that turns the last picture into this one, null where nothing changed. The first of a size is a
   * key. `version` is the newest that the viewer decodes.
   *
   * Throws BadFrameError, or RangeError where there is no memory for it.
   */
  encode(frame: Frame, { version = VERSION }: { version?: number } = {}): Uint8Array<ArrayBuffer> | null {
    this.take(frame);
    const known = Math.min(Math.max(version, OLDEST_VERSION), VERSION);
    const bytes = this.code.encoder_encode(known, frame.format === "RGBX" ? 1 : 0);
    if (bytes < 0) throw new RangeError("the packet did not fit");
    return bytes === 0 ? null : new Uint8Array(this.code.memory.buffer, this.code.encoder_packet(), bytes).slice();
  }

  /** Make the next packet a key: it needs nothing that came before. */
  keyPicture(): void {
    if (this.width > 0) this.code.encoder_refresh();
  }

  private resize(width: number, height: number): void {
    if (width === this.width && height === this.height) return;
    const isSide = (side: number) => Number.isInteger(side) && side >= 1 && side <= MAX_SIDE;
    if (!isSide(width) || !isSide(height) || width * height > MAX_PIXELS) {
      throw new BadFrameError(`a picture of ${width}×${height} is impossible`);
    }
    this.width = 0; // without memory there is no picture of any size
    if (!this.code.encoder_resize(width, height)) throw new RangeError("there is no memory for a picture of this size");
    this.width = width;
    this.height = height;
  }

  /** Copy a picture to where it is encoded, unless it was written there. */
  private take({ data, stride: given, width, height }: Frame): void {
    const line = width * PIXEL_BYTES;
    const from = given ?? line;
    if (from < line || data.length < from * (height - 1) + line) {
      throw new BadFrameError(`${data.length} bytes are no picture of ${width}×${height} with lines of ${from} bytes`);
    }
    const buffer = this.frameBuffer(width, height);
    if (data.buffer === buffer.data.buffer) {
      if (data.byteOffset === buffer.data.byteOffset && from === buffer.stride) return;
      throw new BadFrameError("a picture in the encoder's memory must be where `frameBuffer` says");
    }
    if (from === buffer.stride) {
      buffer.data.set(data.subarray(0, buffer.data.length));
      return;
    }
    for (let y = 0; y < height; y += 1) {
      buffer.data.set(data.subarray(y * from, y * from + line), y * buffer.stride);
    }
  }
}
