/**
 * A page's pictures into packets: what codec/picture/encoder.py does without a budget, and plane_encoder.py, in
 * WebAssembly (wasm/encoder.c). Every pixel is exact, and the packets are the very bytes that Python's would be.
 */

import { MAX_PIXELS, MAX_SIDE, TILE } from "./geometry.gen.ts";
import { OLDEST_VERSION, VERSION } from "./packet.gen.ts";
import type { PlaneColors } from "./packet.ts";

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

/** How planes stand in memory, as a VideoFrame names it: chroma apart, or Cb and Cr in turn. */
export type PlaneFormat = "I420" | "NV12";

/** Where the next picture's planes must be written: a browser's copy of a frame does with this very layout. */
export interface PlaneBuffer {
  data: Uint8Array<ArrayBuffer>;
  layout: { offset: number; stride: number }[];
  width: number;
  height: number;
  format: PlaneFormat;
}

/** Lines of a picture, in bands of BAND_LINES. */
export interface Bands {
  first: number;
  end: number;
}

/** A tile of chroma is as high as two of luma. */
export const BAND_LINES = 2 * TILE;

/** A picture has an impossible size, or fewer bytes than its size says. */
export class BadFrameError extends Error {}

interface Exports {
  memory: WebAssembly.Memory;
  encoder_create(): number;
  encoder_resize(width: number, height: number): number;
  encoder_resize_planes(width: number, height: number): number;
  encoder_frame(): number;
  encoder_stride(): number;
  encoder_packet(): number;
  encoder_refresh(): void;
  encoder_owe(): void;
  encoder_encode(version: number, isRgb: number): number;
  encoder_chroma(): number;
  encoder_chroma_bytes(): number;
  encoder_chroma_stride(): number;
  encoder_encode_planes(
    matrix: number,
    isFullRange: number,
    isInterleaved: number,
    firstBand: number,
    endBand: number,
  ): number;
}

/** Encodes one display for one viewer. It needs neither page nor timer, so it works in a worker. */
export class Encoder {
  private width = 0;
  private height = 0;
  /** Whether its memory is for planes. */
  private hasPlanes = false;
  private kept: Uint8Array | null = null;

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
    this.resize(width, height, false);
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
    return this.packet(this.code.encoder_encode(known, frame.format === "RGBX" ? 1 : 0));
  }

  /**
   * Return where the planes of the next picture must be written; then call `encodePlanes`. A new size, or colours
   * before, makes the next packet a key, and whatever was returned before useless.
   *
   * Throws BadFrameError, or RangeError where there is no memory for it.
   */
  planeBuffer(width: number, height: number, format: PlaneFormat): PlaneBuffer {
    this.resize(width, height, true);
    const [start, chroma, bytes] = [
      this.code.encoder_frame(),
      this.code.encoder_chroma(),
      this.code.encoder_chroma_bytes(),
    ];
    const [stride, half] = [this.code.encoder_stride(), this.code.encoder_chroma_stride()];
    const apart = [
      { offset: chroma, stride: half },
      { offset: chroma + bytes, stride: half },
    ];
    const layout = [{ offset: 0, stride }, ...(format === "I420" ? apart : [{ offset: chroma, stride: 2 * half }])];
    return { data: new Uint8Array(this.code.memory.buffer, start, chroma + 2 * bytes), layout, width, height, format };
  }

  /**
   * Return the packet, of PLANES_VERSION, for the planes that were written where the last `planeBuffer` said, null where
   * nothing changed. `colors` says what they are; others than before make it a key. With `bands` all other lines stay as
   * in the last packet, and are zero in a key.
   *
   * Throws BadFrameError where the encoder has none of this size by now, or RangeError where there is no memory.
   */
  encodePlanes(
    planes: PlaneBuffer,
    { matrix, fullRange }: PlaneColors,
    bands: Bands | null = null,
  ): Uint8Array<ArrayBuffer> | null {
    const isThere = this.hasPlanes && planes.width === this.width && planes.height === this.height;
    if (!isThere || planes.data.byteOffset !== this.code.encoder_frame()) {
      throw new BadFrameError("these planes are not where the encoder says");
    }
    const { first, end } = bands ?? { first: 0, end: this.height };
    const isInterleaved = planes.format === "NV12" ? 1 : 0;
    return this.packet(this.code.encoder_encode_planes(matrix, fullRange ? 1 : 0, isInterleaved, first, end));
  }

  /** Keep everything as it is now, planes too that were written: `takeBack` goes back to it, once or more often. */
  keep(): void {
    const now = new Uint8Array(this.code.memory.buffer);
    if (this.kept?.length !== now.length) this.kept = new Uint8Array(now.length);
    this.kept.set(now);
  }

  /** What was encoded since `keep` is never sent: the next packet builds on the one before. */
  takeBack(): void {
    if (this.kept !== null) new Uint8Array(this.code.memory.buffer).set(this.kept);
  }

  /** Let go of what `keep` keeps. */
  forgetKept(): void {
    this.kept = null;
  }

  /** Write the next packet of planes although nothing may have changed: it shows them where a film covers them. */
  owePicture(): void {
    this.code.encoder_owe();
  }

  /** Make the next packet a key: it needs nothing that came before. */
  keyPicture(): void {
    if (this.width > 0) this.code.encoder_refresh();
  }

  private packet(bytes: number): Uint8Array<ArrayBuffer> | null {
    if (bytes < 0) throw new RangeError("the packet did not fit");
    return bytes === 0 ? null : new Uint8Array(this.code.memory.buffer, this.code.encoder_packet(), bytes).slice();
  }

  private resize(width: number, height: number, hasPlanes: boolean): void {
    if (width === this.width && height === this.height && hasPlanes === this.hasPlanes) return;
    const isSide = (side: number) => Number.isInteger(side) && side >= 1 && side <= MAX_SIDE;
    if (!isSide(width) || !isSide(height) || width * height > MAX_PIXELS) {
      throw new BadFrameError(`a picture of ${width}×${height} is impossible`);
    }
    this.width = 0; // without memory there is no picture of any size
    this.kept = null;
    this.hasPlanes = hasPlanes;
    const isDone = hasPlanes ? this.code.encoder_resize_planes(width, height) : this.code.encoder_resize(width, height);
    if (!isDone) throw new RangeError("there is no memory for a picture of this size");
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
