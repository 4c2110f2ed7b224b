/** Tiles as codec/picture/tiles.py writes them: in one colour, in two, in part, as a photograph, plain, or lossy. */

import { BadPacketError } from "./errors.ts";
import { TILE } from "./geometry.ts";
import { LossyTiles } from "./lossy.ts";
import { MedianTiles } from "./median.ts";
import { LOSSY, MEDIAN, PART, PHOTO, PIXELS, PLAIN, SIZES, SOLID, TWO } from "./tiles.gen.ts";

const OPAQUE = 0xff000000;
export const NOT_FILLED = "the tiles do not fill the packet";

/** Where the tiles of each kind begin. The kinds stand first, one byte a tile; each kind's tiles stand together. */
export class TileReader {
  private readonly at = [0, 0, 0, 0, 0];
  private partPixels = 0;
  private readonly lossy: LossyTiles | undefined;
  private readonly median: MedianTiles | undefined;

  /** Throws BadPacketError unless `raw` holds exactly `count` tiles, none of a kind after `lastKind`, from `start` on. */
  constructor(
    private readonly raw: Uint8Array,
    private readonly start: number,
    count: number,
    lastKind: number,
  ) {
    const numbers = countKinds(raw, start, count, lastKind);
    let at = start + count;
    for (const kind of [SOLID, TWO, PART, PHOTO, PLAIN]) {
      this.at[kind] = at;
      at += numbers[kind]! * SIZES[kind]!;
      if (at > raw.length) throw new BadPacketError(NOT_FILLED);
      if (kind !== PART) continue;
      this.partPixels = at;
      at += 3 * ones(raw, this.at[PART]!, at);
    }
    if (numbers[LOSSY]! > 0) {
      this.lossy = new LossyTiles(raw, at, numbers[LOSSY]!);
      at = this.lossy.end;
    }
    if (numbers[MEDIAN]! > 0) {
      this.median = new MedianTiles(raw, at, numbers[MEDIAN]!);
      at = this.median.end;
    }
    if (at !== raw.length) throw new BadPacketError(NOT_FILLED);
  }

  /** Paint tile number `tile` into `pixels` at `line`, where rows lie `stride` apart. Call for each tile in order. */
  paint(tile: number, pixels: Uint32Array, line: number, stride: number): void {
    const kind = this.raw[this.start + tile]!;
    if (kind === LOSSY) {
      this.lossy!.paintNext(pixels, line, stride);
      return;
    }
    if (kind === MEDIAN) {
      this.median!.paintNext(pixels, line, stride);
      return;
    }
    const at = this.at[kind]!;
    this.at[kind] = at + SIZES[kind]!;
    if (kind === SOLID) this.solid(at, pixels, line, stride);
    else if (kind === TWO) this.two(at, pixels, line, stride);
    else if (kind === PART) this.part(at, pixels, line, stride);
    else if (kind === PHOTO) this.photo(at, pixels, line, stride);
    else this.plain(at, pixels, line, stride);
  }

  private solid(at: number, pixels: Uint32Array, line: number, stride: number): void {
    const colour = colourAt(this.raw, at);
    for (let y = 0, row = line; y < TILE; y += 1, row += stride) {
      for (let place = row; place < row + TILE; place += 1) pixels[place] = colour;
    }
  }

  private two(at: number, pixels: Uint32Array, line: number, stride: number): void {
    const { raw } = this;
    const zero = colourAt(raw, at);
    const differs = zero ^ colourAt(raw, at + 3);
    for (let y = 0, byte = at + 6, row = line; y < TILE; y += 1, byte += 2, row += stride) {
      let bits = raw[byte]! | (raw[byte + 1]! << 8);
      for (let place = row; place < row + TILE; place += 1, bits >>= 1) pixels[place] = zero ^ (differs & -(bits & 1));
    }
  }

  private part(at: number, pixels: Uint32Array, line: number, stride: number): void {
    const { raw } = this;
    let from = this.partPixels;
    for (let y = 0, byte = at, row = line; y < TILE; y += 1, byte += 2, row += stride) {
      let bits = raw[byte]! | (raw[byte + 1]! << 8);
      for (let place = row; bits !== 0; place += 1, bits >>= 1) {
        if ((bits & 1) === 0) continue;
        pixels[place] = colourAt(raw, from);
        from += 3;
      }
    }
    this.partPixels = from;
  }

  private photo(at: number, pixels: Uint32Array, line: number, stride: number): void {
    const { raw } = this;
    for (let x = 0; x < TILE; x += 1) {
      let green = 0;
      let blue = 0;
      let red = 0;
      for (let from = at + x, place = line + x; from < at + PIXELS; from += TILE, place += stride) {
        green = (green + raw[from]!) & 0xff;
        blue = (blue + raw[from + PIXELS]!) & 0xff;
        red = (red + raw[from + 2 * PIXELS]!) & 0xff;
        pixels[place] = OPAQUE | (((blue + green) & 0xff) << 16) | (green << 8) | ((red + green) & 0xff);
      }
    }
  }

  private plain(at: number, pixels: Uint32Array, line: number, stride: number): void {
    const { raw } = this;
    let from = at;
    for (let y = 0, row = line; y < TILE; y += 1, row += stride) {
      for (let place = row; place < row + TILE; place += 1, from += 3) pixels[place] = colourAt(raw, from);
    }
  }
}

/** B, G, R as a canvas wants it. */
function colourAt(raw: Uint8Array, at: number): number {
  return OPAQUE | (raw[at]! << 16) | (raw[at + 1]! << 8) | raw[at + 2]!;
}

/** Return how many tiles there are of each kind. Throws BadPacketError. */
export function countKinds(raw: Uint8Array, start: number, count: number, lastKind: number): number[] {
  const numbers = [0, 0, 0, 0, 0, 0, 0];
  if (start + count > raw.length) throw new BadPacketError(NOT_FILLED);
  for (let at = start; at < start + count; at += 1) {
    const kind = raw[at]!;
    if (kind > lastKind) throw new BadPacketError("a tile is of no known kind");
    numbers[kind]! += 1;
  }
  return numbers;
}

/** Count the bits that are set. */
export function ones(raw: Uint8Array, start: number, end: number): number {
  let count = 0;
  for (let at = start; at < end; at += 1) {
    for (let bits = raw[at]!; bits !== 0; bits &= bits - 1) count += 1;
  }
  return count;
}
