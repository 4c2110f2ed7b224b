/**
 * Rough tiles as codec/rough.py writes them, bit for bit: YCoCg-R, each plane through H.265's 16×16 whole-number cosine
 * transform. All sums are whole numbers below 2^53, so doubles hold them exactly. Most tiles have few coefficients, all
 * in the corner of low frequencies: only that corner is computed with, and rows of a basis that mirror each other once.
 */

import { BadPacketError } from "./errors";
import { TILE } from "./packet";

const PIXELS = TILE * TILE;
const HALF_TILE = TILE / 2;
const PLANES = 3;
const COLOUR = 2;
const OPAQUE = 0xff000000;
const COSINES = [0, 90, 89, 87, 83, 80, 75, 70, 64, 57, 50, 43, 36, 25, 18, 9, 0] as const;
const ROUND = 1 << 15;
const SCALE = 1 / (1 << 16);

/** BASIS[frequency × 16 + place]. */
const BASIS = Float64Array.from({ length: PIXELS }, (_each, at) => {
  const frequency = Math.floor(at / TILE);
  return frequency === 0 ? 64 : cosine((2 * (at % TILE) + 1) * frequency);
});
/** Frequencies by what they are worth: place u × 16 + v, by u + v, then by u. */
const ORDER = Uint8Array.from(
  Array.from({ length: PIXELS }, (_each, place) => place).sort(
    (one, two) => diagonal(one) - diagonal(two) || one - two,
  ),
);

export class RoughTiles {
  /** Where the rough tiles end. */
  readonly end: number;
  private readonly step: number;
  private readonly lengths: Uint8Array;
  private readonly means: Uint8Array;
  /** What each plane of each tile is made of, in the order of ORDER without the mean. */
  private readonly levels: Int8Array;
  private readonly planes = [new Int32Array(PIXELS), new Int32Array(PIXELS), new Int32Array(PIXELS)] as const;
  private readonly plane = new Plane();
  private next = 0;

  /** Throws BadPacketError unless `raw` holds `count` rough tiles from `start` on. */
  constructor(
    raw: Uint8Array,
    start: number,
    private readonly count: number,
  ) {
    const all = PLANES * count;
    const begin = start + 1 + 2 * all;
    if (begin > raw.length || raw[start] === 0) throw new BadPacketError("the rough tiles are cut off");
    this.step = raw[start]!;
    this.lengths = raw.subarray(start + 1, start + 1 + all);
    this.end = begin;
    for (const length of this.lengths) this.end += length;
    if (this.end > raw.length) throw new BadPacketError("the rough tiles are cut off");
    this.means = summed(raw.subarray(start + 1 + all, begin));
    this.levels = gathered(raw.subarray(begin, this.end), this.lengths);
  }

  /** Paint the next tile into `pixels` at `line`, where rows lie `stride` apart. */
  paintNext(pixels: Uint32Array, line: number, stride: number): void {
    for (let part = 0, at = this.next; part < PLANES; part += 1, at += this.count) this.read(part, at);
    this.next += 1;
    const [lumas, oranges, greens] = this.planes;
    let from = 0;
    for (let y = 0, row = line; y < TILE; y += 1, row += stride) {
      for (let place = row; place < row + TILE; place += 1, from += 1) {
        const greenness = greens[from]!;
        const orange = oranges[from]!;
        const middle = lumas[from]! - (greenness >> 1);
        const blue = middle - (orange >> 1);
        const red = blue + orange;
        pixels[place] = OPAQUE | (clipped(blue) << 16) | (clipped(greenness + middle) << 8) | clipped(red);
      }
    }
  }

  private read(part: number, at: number): void {
    const mean = part === 0 ? this.means[at]! : ((this.means[at]! << 24) >> 24) * COLOUR;
    const length = this.lengths[at]!;
    const output = this.planes[part]!;
    if (length === 0) output.fill(mean);
    else
      this.plane.turnBack(mean, this.levels, at * PIXELS, length, part === 0 ? this.step : this.step * COLOUR, output);
  }
}

/** Turns the frequencies of one plane of a tile back into values. Keeps its work space. */
class Plane {
  private readonly frequencies = new Float64Array(PIXELS);
  private readonly across = new Float64Array(PIXELS);

  turnBack(mean: number, levels: Int8Array, from: number, length: number, step: number, output: Int32Array): void {
    const { frequencies } = this;
    let highest = 0;
    let widest = 0;
    frequencies[0] = mean * TILE;
    for (let place = 0; place < length; place += 1) {
      const level = levels[from + place]!;
      if (level === 0) continue;
      const at = ORDER[place + 1]!;
      frequencies[at] = level * step;
      if (at >> 4 > highest) highest = at >> 4;
      if ((at & 15) > widest) widest = at & 15;
    }
    for (let row = 0; row <= highest; row += 1) this.turnRow(row * TILE, widest);
    this.turnColumns(highest, output);
    for (let row = 0; row <= highest; row += 1) frequencies.fill(0, row * TILE, row * TILE + widest + 1);
  }

  private turnRow(row: number, widest: number): void {
    const { frequencies, across } = this;
    for (let x = 0; x < HALF_TILE; x += 1) {
      let even = 0;
      let odd = 0;
      for (let v = 0; v <= widest; v += 2) even += frequencies[row + v]! * BASIS[v * TILE + x]!;
      for (let v = 1; v <= widest; v += 2) odd += frequencies[row + v]! * BASIS[v * TILE + x]!;
      across[row + x] = even + odd;
      across[row + TILE - 1 - x] = even - odd;
    }
  }

  private turnColumns(highest: number, output: Int32Array): void {
    const { across } = this;
    for (let y = 0; y < HALF_TILE; y += 1) {
      const upper = y * TILE;
      const lower = (TILE - 1 - y) * TILE;
      for (let x = 0; x < TILE; x += 1) {
        let even = ROUND;
        let odd = 0;
        for (let u = 0; u <= highest; u += 2) even += across[u * TILE + x]! * BASIS[u * TILE + y]!;
        for (let u = 1; u <= highest; u += 2) odd += across[u * TILE + x]! * BASIS[u * TILE + y]!;
        output[upper + x] = Math.floor((even + odd) * SCALE);
        output[lower + x] = Math.floor((even - odd) * SCALE);
      }
    }
  }
}

/** Each mean is written less the one before it, modulo 256. */
function summed(written: Uint8Array): Uint8Array {
  const means = new Uint8Array(written.length);
  let sum = 0;
  for (let at = 0; at < written.length; at += 1) {
    sum = (sum + written[at]!) & 0xff;
    means[at] = sum;
  }
  return means;
}

/** The first coefficients of all planes are written, then the second ones …: put each plane's together. */
function gathered(written: Uint8Array, lengths: Uint8Array): Int8Array {
  const levels = new Int8Array(lengths.length * PIXELS);
  let active = new Uint32Array(lengths.length);
  let count = 0;
  for (let plane = 0; plane < lengths.length; plane += 1) {
    if (lengths[plane]! === 0) continue;
    active[count] = plane;
    count += 1;
  }
  active = active.subarray(0, count);
  for (let place = 0, from = 0; count > 0; place += 1) {
    let kept = 0;
    for (let each = 0; each < count; each += 1, from += 1) {
      const plane = active[each]!;
      levels[plane * PIXELS + place] = written[from]!;
      if (lengths[plane]! <= place + 1) continue;
      active[kept] = plane;
      kept += 1;
    }
    count = kept;
  }
  return levels;
}

function clipped(value: number): number {
  return Math.max(0, Math.min(value, 255));
}

function diagonal(place: number): number {
  return (place >> 4) + (place & 15);
}

/** ITU-T H.265, 8.6.4.2: 90.5 cos(turns π / 32), tuned so that rows are nearly orthogonal. */
function cosine(turns: number): number {
  const turn = turns % 64;
  return turn > 16 && turn < 48 ? -COSINES[Math.abs(32 - turn)]! : COSINES[Math.min(turn, 64 - turn)]!;
}
