/** Tiles of luma, and of Cb and Cr, as codec/picture/tiles.py writes them: a byte or two a pixel, nothing lossy. */

import { BadPacketError } from "./errors.ts";
import { TILE } from "./geometry.ts";
import { MedianTiles } from "./median.ts";
import { LOSSY, MARKS, MEDIAN, PART, PHOTO, PIXELS, PLAIN, SOLID, TWO } from "./tiles.gen.ts";
import { countKinds, NOT_FILLED, ones } from "./tiles.ts";

/** What is painted: luma, or Cb and Cr. */
export type Planes = readonly Uint8Array[];

/** Where the tiles of each kind begin. The kinds stand first, one byte a tile; each kind's tiles stand together. */
export class PlaneTiles {
  /** Where the tiles end. */
  readonly end: number;
  private readonly sizes: readonly number[];
  private readonly at = [0, 0, 0, 0, 0];
  private partPixels = 0;
  private readonly median: MedianTiles | undefined;

  /** Throws BadPacketError unless `raw` holds `count` tiles of these planes from `start` on. */
  constructor(
    private readonly raw: Uint8Array,
    private readonly start: number,
    count: number,
    private readonly planes: Planes,
  ) {
    const each = planes.length;
    this.sizes = [each, 2 * each + MARKS, MARKS, each * PIXELS, each * PIXELS];
    const numbers = countKinds(raw, start, count, MEDIAN);
    if (numbers[LOSSY]! > 0) throw new BadPacketError("a tile is of no known kind");
    let at = start + count;
    for (const kind of [SOLID, TWO, PART, PHOTO, PLAIN]) {
      this.at[kind] = at;
      at += numbers[kind]! * this.sizes[kind]!;
      if (at > raw.length) throw new BadPacketError(NOT_FILLED);
      if (kind !== PART) continue;
      this.partPixels = at;
      at += each * ones(raw, this.at[PART]!, at);
    }
    if (numbers[MEDIAN]! > 0) {
      this.median = new MedianTiles(raw, at, numbers[MEDIAN]!, each);
      at = this.median.end;
    }
    if (at > raw.length) throw new BadPacketError(NOT_FILLED);
    this.end = at;
  }

  /** Paint tile number `tile` at `line`, where rows lie `stride` apart. Call for each tile in order. */
  paint(tile: number, line: number, stride: number): void {
    const kind = this.raw[this.start + tile]!;
    if (kind === MEDIAN) {
      this.soft(this.median!.next(), line, stride);
      return;
    }
    const at = this.at[kind]!;
    this.at[kind] = at + this.sizes[kind]!;
    if (kind === PART) {
      this.part(at, line, stride);
      return;
    }
    for (let place = 0; place < this.planes.length; place += 1) this.whole(kind, at, place, line, stride);
  }

  /** Paint all of a tile in one of the planes. */
  private whole(kind: number, at: number, place: number, line: number, stride: number): void {
    const plane = this.planes[place]!;
    if (kind === SOLID) this.solid(this.raw[at + place]!, plane, line, stride);
    else if (kind === TWO) this.two(at, plane, place, line, stride);
    else if (kind === PHOTO) this.photo(at + place * PIXELS, plane, line, stride);
    else this.plain(at + place, plane, line, stride);
  }

  private solid(level: number, plane: Uint8Array, line: number, stride: number): void {
    for (let y = 0, row = line; y < TILE; y += 1, row += stride) plane.fill(level, row, row + TILE);
  }

  private two(at: number, plane: Uint8Array, place: number, line: number, stride: number): void {
    const { raw } = this;
    const each = this.planes.length;
    const zero = raw[at + place]!;
    const differs = zero ^ raw[at + each + place]!;
    for (let y = 0, byte = at + 2 * each, row = line; y < TILE; y += 1, byte += 2, row += stride) {
      let bits = raw[byte]! | (raw[byte + 1]! << 8);
      for (let to = row; to < row + TILE; to += 1, bits >>= 1) plane[to] = zero ^ (differs & -(bits & 1));
    }
  }

  private part(at: number, line: number, stride: number): void {
    const { raw, planes } = this;
    let from = this.partPixels;
    for (let y = 0, byte = at, row = line; y < TILE; y += 1, byte += 2, row += stride) {
      let bits = raw[byte]! | (raw[byte + 1]! << 8);
      for (let to = row; bits !== 0; to += 1, bits >>= 1) {
        if ((bits & 1) === 0) continue;
        for (const plane of planes) {
          plane[to] = raw[from]!;
          from += 1;
        }
      }
    }
    this.partPixels = from;
  }

  private photo(at: number, plane: Uint8Array, line: number, stride: number): void {
    for (let x = 0; x < TILE; x += 1) {
      let level = 0;
      for (let from = at + x, to = line + x; from < at + PIXELS; from += TILE, to += stride) {
        level = (level + this.raw[from]!) & 0xff;
        plane[to] = level;
      }
    }
  }

  private plain(at: number, plane: Uint8Array, line: number, stride: number): void {
    const each = this.planes.length;
    let from = at;
    for (let y = 0, row = line; y < TILE; y += 1, row += stride) {
      for (let to = row; to < row + TILE; to += 1, from += each) plane[to] = this.raw[from]!;
    }
  }

  private soft(levels: Planes, line: number, stride: number): void {
    this.planes.forEach((plane, place) => {
      const from = levels[place]!;
      for (let y = 0, row = line; y < TILE; y += 1, row += stride) {
        plane.set(from.subarray(y * TILE, (y + 1) * TILE), row);
      }
    });
  }
}
