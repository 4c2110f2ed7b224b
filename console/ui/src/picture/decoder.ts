/** Picture packets back into pixels: the same rules as codec/decoder.py, with RGBA for a canvas at the end. */

import { BadStreamError, Zstd } from "./zstd";

const TILE = 16;
const TILE_BYTES = TILE * TILE * 3;
const HEAD_BYTES = 10;
const VERSION = 1;
const KEY = 1;
const MAX_SIDE = 16_384;
const MAX_PIXELS = 7680 * 4320;
const BLACK = 0xff000000;

/** The packet is damaged, or belongs to a picture that was never seen: ask for a whole one. */
export class BadPacketError extends Error {}

/** A part of the picture, in pixels. */
export interface Area {
  x: number;
  y: number;
  width: number;
  height: number;
}

export class Decoder {
  width = 0;
  height = 0;
  /** The picture, padded to whole tiles: one word a pixel, R in the lowest byte. */
  pixels = new Uint32Array(0);
  private columns = 0;
  private rows = 0;
  private stream: Zstd | undefined;

  constructor(private readonly code: WebAssembly.Module) {}

  /** Width of `pixels` in pixels. */
  get stride(): number {
    return this.columns * TILE;
  }

  /** Apply a packet and return the area that may have changed. Throws BadPacketError. */
  decode(packet: Uint8Array): Area {
    const head = readHead(packet);
    if (head.key) this.begin(head.width, head.height);
    else if (this.stream === undefined || head.width !== this.width || head.height !== this.height) {
      throw new BadPacketError("an update came without the whole picture that it belongs to");
    }
    const bits = Math.ceil((this.columns * this.rows) / 8);
    if (head.raw < bits || head.raw > bits + this.columns * this.rows * TILE_BYTES) {
      throw this.fail(`${head.raw} bytes cannot describe a picture of ${head.width}×${head.height}`);
    }
    const raw = this.inflate(packet.subarray(HEAD_BYTES), head.raw);
    const changed = this.paint(raw, bits);
    return head.key ? { x: 0, y: 0, width: this.width, height: this.height } : changed;
  }

  private begin(width: number, height: number): void {
    this.columns = Math.ceil(width / TILE);
    this.rows = Math.ceil(height / TILE);
    if (width !== this.width || height !== this.height) {
      this.width = width;
      this.height = height;
      this.pixels = new Uint32Array(this.columns * this.rows * TILE * TILE);
    }
    this.pixels.fill(BLACK);
    this.stream = new Zstd(this.code);
  }

  private inflate(part: Uint8Array, bytes: number): Uint8Array {
    try {
      return this.stream!.next(part, bytes);
    } catch (error) {
      if (error instanceof BadStreamError) throw this.fail(error.message);
      throw error;
    }
  }

  private paint(raw: Uint8Array, bits: number): Area {
    const tiles = this.columns * this.rows;
    let at = bits;
    let [left, top, right, bottom] = [this.columns, this.rows, -1, -1];
    for (let tile = 0; tile < bits * 8; tile += 1) {
      if (((raw[tile >> 3]! >> (tile & 7)) & 1) === 0) continue;
      if (tile >= tiles || at + TILE_BYTES > raw.length) throw this.fail("more tiles are marked than there are");
      const column = tile % this.columns;
      const row = (tile - column) / this.columns;
      this.paintTile(raw, at, column, row);
      at += TILE_BYTES;
      left = Math.min(left, column);
      right = Math.max(right, column);
      top = Math.min(top, row);
      bottom = row;
    }
    if (at !== raw.length) throw this.fail("the marked tiles do not fill the packet");
    if (right < 0) return { x: 0, y: 0, width: 0, height: 0 };
    const [x, y] = [left * TILE, top * TILE];
    return {
      x,
      y,
      width: Math.min((right + 1) * TILE, this.width) - x,
      height: Math.min((bottom + 1) * TILE, this.height) - y,
    };
  }

  private paintTile(raw: Uint8Array, from: number, column: number, row: number): void {
    const { pixels, stride } = this;
    let at = from;
    let line = row * TILE * stride + column * TILE;
    for (let y = 0; y < TILE; y += 1, line += stride) {
      for (let x = 0; x < TILE; x += 1, at += 3) {
        pixels[line + x] = BLACK | (raw[at]! << 16) | (raw[at + 1]! << 8) | raw[at + 2]!;
      }
    }
  }

  private fail(reason: string): BadPacketError {
    this.stream = undefined;
    return new BadPacketError(reason);
  }
}

function readHead(packet: Uint8Array): { key: boolean; width: number; height: number; raw: number } {
  if (packet.length < HEAD_BYTES) throw new BadPacketError("the packet is too short");
  const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
  const [version, flags] = [view.getUint8(0), view.getUint8(1)];
  const [width, height] = [view.getUint16(2, true), view.getUint16(4, true)];
  if (version !== VERSION || (flags & ~KEY) !== 0) throw new BadPacketError("this version of a packet is not known");
  if (width < 1 || height < 1 || width > MAX_SIDE || height > MAX_SIDE || width * height > MAX_PIXELS) {
    throw new BadPacketError(`a picture of ${width}×${height} is impossible`);
  }
  return { key: (flags & KEY) !== 0, width, height, raw: view.getUint32(6, true) };
}
