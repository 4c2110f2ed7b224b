/** Picture packets back into pixels: the same rules as codec/decoder.py, with RGBA for a canvas at the end. */

import { BadTilesError, TILE, TileReader } from "./tiles";
import { BadStreamError, Zstd } from "./zstd";

const MAX_TILE_BYTES = 1 + TILE * TILE * 3;
const HEAD_BYTES = 10;
const MOVE_BYTES = 13;
const MAX_MOVES = 3;
const VERSION = 2;
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

interface Move extends Area {
  dx: number;
  dy: number;
  restores: boolean;
}

type Four = [number, number, number, number];

export class Decoder {
  width = 0;
  height = 0;
  /** The picture, padded to whole tiles: one word a pixel, R in the lowest byte. */
  pixels = new Uint32Array(0);
  /** What moved rectangles have covered. */
  private under = new Uint32Array(0);
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
    const tiles = this.columns * this.rows;
    const least = 1 + Math.ceil(tiles / 8);
    if (head.raw < least || head.raw > least + MAX_MOVES * MOVE_BYTES + tiles * MAX_TILE_BYTES) {
      throw this.fail(`${head.raw} bytes cannot describe a picture of ${head.width}×${head.height}`);
    }
    const changed = this.paint(this.inflate(packet.subarray(HEAD_BYTES), head.raw));
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
    this.under = new Uint32Array(this.pixels.length).fill(BLACK);
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

  private paint(raw: Uint8Array): Area {
    const moves = this.readMoves(raw);
    const bits = 1 + moves.length * MOVE_BYTES;
    const marked = this.marked(raw, bits);
    let reader: TileReader;
    try {
      reader = new TileReader(raw, bits + Math.ceil((this.columns * this.rows) / 8), marked.length);
    } catch (error) {
      if (error instanceof BadTilesError) throw this.fail(error.message);
      throw error;
    }
    for (const move of moves) this.move(move);
    for (let place = 0; place < marked.length; place += 1) {
      const tile = marked[place]!;
      const column = tile % this.columns;
      const row = (tile - column) / this.columns;
      reader.paint(place, this.pixels, row * TILE * this.stride + column * TILE, this.stride);
    }
    return this.touched(moves, marked);
  }

  private readMoves(raw: Uint8Array): Move[] {
    const count = raw[0]!;
    if (count > MAX_MOVES || 1 + count * MOVE_BYTES > raw.length) throw this.fail("too many moves");
    const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
    return Array.from({ length: count }, (_each, place) => {
      const at = 1 + place * MOVE_BYTES;
      const [x, y, width, height] = [0, 2, 4, 6].map((offset) => view.getUint16(at + offset, true)) as Four;
      const [dx, dy] = [view.getInt16(at + 8, true), view.getInt16(at + 10, true)];
      for (const [left, top] of [
        [x, y],
        [x - dx, y - dy],
      ] as const) {
        if (left < 0 || top < 0 || left + width > this.stride || top + height > this.rows * TILE) {
          throw this.fail("a move reaches beyond the picture");
        }
      }
      const flags = raw[at + 12]!;
      if (flags > 1) throw this.fail("a move of no known kind");
      return { x, y, width, height, dx, dy, restores: flags === 1 };
    });
  }

  /** What the move covers anew is kept under it; what it uncovers is put back where the move says so. */
  private move(move: Move): void {
    const target = { x: move.x, y: move.y, width: move.width, height: move.height };
    const source = { ...target, x: move.x - move.dx, y: move.y - move.dy };
    for (const part of without(target, source)) copy(this.pixels, this.under, part, this.stride);
    this.shift(move);
    if (!move.restores) return;
    for (const part of without(source, target)) copy(this.under, this.pixels, part, this.stride);
  }

  /** Copy line by line, beginning at the end that is not overwritten before it was read. */
  private shift({ x, y, width, height, dx, dy }: Move): void {
    const { pixels, stride } = this;
    for (let turn = 0; turn < height; turn += 1) {
      const line = dy > 0 ? height - 1 - turn : turn;
      const from = (y - dy + line) * stride + x - dx;
      pixels.copyWithin((y + line) * stride + x, from, from + width);
    }
  }

  /** Return the numbers of the tiles that are marked as changed. */
  private marked(raw: Uint8Array, start: number): number[] {
    const tiles = this.columns * this.rows;
    const end = start + Math.ceil(tiles / 8);
    if (end > raw.length) throw this.fail("the marks of the tiles are missing");
    const found: number[] = [];
    for (let at = start; at < end; at += 1) {
      for (let bits = raw[at]!, tile = (at - start) * 8; bits !== 0; bits >>= 1, tile += 1) {
        if ((bits & 1) !== 0) found.push(tile);
      }
    }
    if (found.length > 0 && found.at(-1)! >= tiles) throw this.fail("a tile outside the picture is marked");
    return found;
  }

  private touched(moves: readonly Move[], marked: readonly number[]): Area {
    let [left, top, right, bottom] = [this.width, this.height, 0, 0];
    const include = (x: number, y: number, width: number, height: number) => {
      left = Math.min(left, x);
      top = Math.min(top, y);
      right = Math.max(right, Math.min(x + width, this.width));
      bottom = Math.max(bottom, Math.min(y + height, this.height));
    };
    for (const { x, y, width, height, dx, dy } of moves) {
      include(x, y, width, height);
      include(x - dx, y - dy, width, height);
    }
    for (const tile of marked) {
      include((tile % this.columns) * TILE, Math.floor(tile / this.columns) * TILE, TILE, TILE);
    }
    return { x: left, y: top, width: Math.max(0, right - left), height: Math.max(0, bottom - top) };
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

/** Return the parts of an area that lie outside another: above, below, left and right of what they share. */
function without(area: Area, other: Area): Area[] {
  const [right, bottom] = [area.x + area.width, area.y + area.height];
  const left = Math.max(area.x, other.x);
  const top = Math.max(area.y, other.y);
  const width = Math.min(right, other.x + other.width) - left;
  const height = Math.min(bottom, other.y + other.height) - top;
  if (width <= 0 || height <= 0) return [area];
  return [
    { x: area.x, y: area.y, width: area.width, height: top - area.y },
    { x: area.x, y: top + height, width: area.width, height: bottom - top - height },
    { x: area.x, y: top, width: left - area.x, height },
    { x: left + width, y: top, width: right - left - width, height },
  ].filter((part) => part.width > 0 && part.height > 0);
}

function copy(from: Uint32Array, to: Uint32Array, area: Area, stride: number): void {
  for (let line = area.y * stride + area.x, y = 0; y < area.height; y += 1, line += stride) {
    to.set(from.subarray(line, line + area.width), line);
  }
}
