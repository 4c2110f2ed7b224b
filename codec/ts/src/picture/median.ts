/** Photographs exactly, as codec/picture/median.py writes them: each pixel less what its neighbours say, in half bytes. */

import { BadPacketError } from "./errors.ts";
import { TILE } from "./geometry.ts";
import { HALVES, OUTSIDE, PIXELS, PLANES, SMALL } from "./median.gen.ts";

const OPAQUE = 0xff000000;

export class MedianTiles {
  /** Where the tiles end. */
  readonly end: number;
  /** For each plane (G, B - G, R - G) where its next tile and its next difference outside are. */
  private readonly halves = [0, 0, 0];
  private readonly rest = [0, 0, 0];
  /** What stands before the first row of each plane's next tile. */
  private readonly before = [0, 0, 0];
  private readonly planes = [new Uint8Array(PIXELS), new Uint8Array(PIXELS), new Uint8Array(PIXELS)] as const;

  /** Throws BadPacketError unless `raw` holds `count` tiles of so many planes (of colours three) from `start` on. */
  constructor(
    private readonly raw: Uint8Array,
    start: number,
    count: number,
    private readonly each = PLANES,
  ) {
    let at = start + each * HALVES * count;
    if (at > raw.length) throw new BadPacketError("the tiles do not fill the packet");
    for (let plane = 0; plane < each; plane += 1) {
      this.halves[plane] = start + plane * HALVES * count;
      this.rest[plane] = at;
      at += countOutside(raw, this.halves[plane]!, HALVES * count);
    }
    this.end = at;
    if (at > raw.length) throw new BadPacketError("the differences that are outside are missing");
  }

  /** Return the planes of the next tile, row by row. The next call changes them. */
  next(): readonly Uint8Array[] {
    for (let plane = 0; plane < this.each; plane += 1) this.read(plane);
    return this.planes;
  }

  /** Paint the next tile, of colours, into `pixels` at `line`, where rows lie `stride` apart. */
  paintNext(pixels: Uint32Array, line: number, stride: number): void {
    this.next();
    const [greens, blues, reds] = this.planes;
    let from = 0;
    for (let y = 0, row = line; y < TILE; y += 1, row += stride) {
      for (let place = row; place < row + TILE; place += 1, from += 1) {
        const green = greens[from]!;
        const blue = (blues[from]! + green) & 0xff;
        pixels[place] = OPAQUE | (blue << 16) | (green << 8) | ((reds[from]! + green) & 0xff);
      }
    }
  }

  /** Read one plane of a tile. */
  private read(plane: number): void {
    const { raw } = this;
    const output = this.planes[plane]!;
    let at = this.halves[plane]!;
    let rest = this.rest[plane]!;
    let left = this.before[plane]!;
    for (let place = 0; place < TILE; place += 2, at += 1) {
      const pair = raw[at]!;
      const first = pair & OUTSIDE;
      const second = pair >> 4;
      left = (left + (first === OUTSIDE ? raw[rest++]! : first - SMALL)) & 0xff;
      output[place] = left;
      left = (left + (second === OUTSIDE ? raw[rest++]! : second - SMALL)) & 0xff;
      output[place + 1] = left;
    }
    this.before[plane] = left;
    for (let row = TILE; row < PIXELS; row += TILE) {
      // The first pixel has none to its left: with the one above for both neighbours the median is that one.
      let corner = output[row - TILE]!;
      left = corner;
      for (let place = row; place < row + TILE; place += 2, at += 1) {
        const pair = raw[at]!;
        const first = pair & OUTSIDE;
        const second = pair >> 4;
        let above = output[place - TILE]!;
        left = (median(left, above, corner) + (first === OUTSIDE ? raw[rest++]! : first - SMALL)) & 0xff;
        output[place] = left;
        corner = above;
        above = output[place - TILE + 1]!;
        left = (median(left, above, corner) + (second === OUTSIDE ? raw[rest++]! : second - SMALL)) & 0xff;
        output[place + 1] = left;
        corner = above;
      }
    }
    this.halves[plane] = at;
    this.rest[plane] = rest;
  }
}

/**
 * Return left + above - corner, where the corner counts as no more and no less than those two. Without branches: which
 * way they would go is chance. `x & (x >> 31)` is x where it is negative, else zero.
 */
function median(left: number, above: number, corner: number): number {
  const less = (left - above) & ((left - above) >> 31);
  const least = above + less;
  const most = left - less;
  const atLeast = corner - ((corner - least) & ((corner - least) >> 31));
  return left + above - (atLeast + ((most - atLeast) & ((most - atLeast) >> 31)));
}

function countOutside(raw: Uint8Array, start: number, bytes: number): number {
  let count = 0;
  for (let at = start; at < start + bytes; at += 1) {
    const pair = raw[at]!;
    if (pair >> 4 === OUTSIDE) count += 1;
    if ((pair & OUTSIDE) === OUTSIDE) count += 1;
  }
  return count;
}
