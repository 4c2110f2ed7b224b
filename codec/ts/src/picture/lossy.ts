/**
 * Lossy tiles as codec/picture/lossy.py writes them, bit for bit: YCoCg-R, each plane through H.265's 16×16 whole-number cosine
 * transform. All sums are whole numbers below 2^53, so doubles hold them exactly. Most tiles have few coefficients, all
 * in the corner of low frequencies: only that corner is computed with, and rows of a basis that mirror each other once.
 */

import { BadPacketError } from "./errors.ts";
import { TILE } from "./geometry.ts";
import { COLOUR, COSINES, PLANES } from "./lossy.gen.ts";

const PIXELS = TILE * TILE;
const HALF_TILE = TILE / 2;
const OPAQUE = 0xff000000;

/** The left half of the basis: BASIS[frequency × 8 + place]. */
const BASIS = Float64Array.from({ length: TILE * HALF_TILE }, (_each, at) => {
  const frequency = Math.floor(at / HALF_TILE);
  return frequency === 0 ? 64 : cosine((2 * (at % HALF_TILE) + 1) * frequency);
});
/** Frequencies by what they are worth: place u × 16 + v, by u + v, then by u. */
const ORDER = Uint8Array.from(
  Array.from({ length: PIXELS }, (_each, place) => place).sort(
    (one, two) => diagonal(one) - diagonal(two) || one - two,
  ),
);

export class LossyTiles {
  /** Where the lossy tiles end. */
  readonly end: number;
  private readonly step: number;
  private readonly lengths: Uint8Array;
  private readonly means: Uint8Array;
  /** For luma, Co and Cg: where the next tile's coefficient of each frequency stands. */
  private readonly cursors: readonly Uint32Array[];
  private readonly planes = [new Int32Array(PIXELS), new Int32Array(PIXELS), new Int32Array(PIXELS)] as const;
  private readonly frequencies = new Float64Array(PIXELS);
  private readonly across = new Float64Array(PIXELS);
  private next = 0;

  /** Throws BadPacketError unless `raw` holds `count` lossy tiles from `start` on. */
  constructor(
    private readonly raw: Uint8Array,
    start: number,
    private readonly count: number,
  ) {
    const all = PLANES * count;
    const begin = start + 1 + 2 * all;
    if (begin > raw.length || raw[start] === 0) throw new BadPacketError("the lossy tiles are cut off");
    this.step = raw[start]!;
    this.lengths = raw.subarray(start + 1, start + 1 + all);
    this.means = summed(raw.subarray(start + 1 + all, begin));
    [this.cursors, this.end] = cursorsOf(this.lengths, count, begin);
    if (this.end > raw.length) throw new BadPacketError("the lossy tiles are cut off");
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
    else this.turnBack(mean, this.cursors[part]!, length, part === 0 ? this.step : this.step * COLOUR, output);
  }

  /** Turn the frequencies of one plane of a tile back into values. */
  private turnBack(mean: number, cursors: Uint32Array, length: number, step: number, output: Int32Array): void {
    const { raw, frequencies } = this;
    let highest = 0;
    let widest = 0;
    frequencies[0] = mean * TILE;
    for (let place = 0; place < length; place += 1) {
      const from = cursors[place]!;
      cursors[place] = from + 1;
      const level = (raw[from]! << 24) >> 24;
      if (level === 0) continue;
      const at = ORDER[place + 1]!;
      frequencies[at] = level * step;
      highest = Math.max(highest, at >> 4);
      widest = Math.max(widest, at & 15);
    }
    for (let row = 0; row <= highest; row += 1) {
      turn(frequencies, row * TILE, 1, widest, this.across, row * TILE, 1, 0);
      frequencies.fill(0, row * TILE, row * TILE + widest + 1);
    }
    for (let x = 0; x < TILE; x += 1) turn(this.across, x, TILE, highest, output, x, TILE, 16);
  }
}

/**
 * Turn one line of frequencies, up to number `last`, into sixteen values less `shift` bits, rounded. The other half of
 * each line of the basis is this half in a mirror, with the other sign where the frequency is odd. Not a loop over the
 * eight: their sums must stay in registers.
 */
function turn(
  from: Float64Array,
  start: number,
  gap: number,
  last: number,
  to: Float64Array | Int32Array,
  begin: number,
  step: number,
  shift: number,
): void {
  const half = shift === 0 ? 0 : 1 << (shift - 1);
  const scale = 1 / (1 << shift);
  let e0 = half;
  let e1 = half;
  let e2 = half;
  let e3 = half;
  let e4 = half;
  let e5 = half;
  let e6 = half;
  let e7 = half;
  let o0 = 0;
  let o1 = 0;
  let o2 = 0;
  let o3 = 0;
  let o4 = 0;
  let o5 = 0;
  let o6 = 0;
  let o7 = 0;
  for (let each = 0; each <= last; each += 2) {
    const value = from[start + each * gap]!;
    const at = each * HALF_TILE;
    e0 += value * BASIS[at]!;
    e1 += value * BASIS[at + 1]!;
    e2 += value * BASIS[at + 2]!;
    e3 += value * BASIS[at + 3]!;
    e4 += value * BASIS[at + 4]!;
    e5 += value * BASIS[at + 5]!;
    e6 += value * BASIS[at + 6]!;
    e7 += value * BASIS[at + 7]!;
  }
  for (let each = 1; each <= last; each += 2) {
    const value = from[start + each * gap]!;
    const at = each * HALF_TILE;
    o0 += value * BASIS[at]!;
    o1 += value * BASIS[at + 1]!;
    o2 += value * BASIS[at + 2]!;
    o3 += value * BASIS[at + 3]!;
    o4 += value * BASIS[at + 4]!;
    o5 += value * BASIS[at + 5]!;
    o6 += value * BASIS[at + 6]!;
    o7 += value * BASIS[at + 7]!;
  }
  to[begin] = Math.floor((e0 + o0) * scale);
  to[begin + 15 * step] = Math.floor((e0 - o0) * scale);
  to[begin + 1 * step] = Math.floor((e1 + o1) * scale);
  to[begin + 14 * step] = Math.floor((e1 - o1) * scale);
  to[begin + 2 * step] = Math.floor((e2 + o2) * scale);
  to[begin + 13 * step] = Math.floor((e2 - o2) * scale);
  to[begin + 3 * step] = Math.floor((e3 + o3) * scale);
  to[begin + 12 * step] = Math.floor((e3 - o3) * scale);
  to[begin + 4 * step] = Math.floor((e4 + o4) * scale);
  to[begin + 11 * step] = Math.floor((e4 - o4) * scale);
  to[begin + 5 * step] = Math.floor((e5 + o5) * scale);
  to[begin + 10 * step] = Math.floor((e5 - o5) * scale);
  to[begin + 6 * step] = Math.floor((e6 + o6) * scale);
  to[begin + 9 * step] = Math.floor((e6 - o6) * scale);
  to[begin + 7 * step] = Math.floor((e7 + o7) * scale);
  to[begin + 8 * step] = Math.floor((e7 - o7) * scale);
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

/**
 * The first coefficients of all planes are written, then the second ones …: return for each part (luma, Co, Cg) where
 * its first plane's coefficient of each frequency stands, and where all end.
 */
function cursorsOf(lengths: Uint8Array, count: number, begin: number): [readonly Uint32Array[], number] {
  const longer = [0, 1, 2].map((part) => {
    const numbers = new Uint32Array(PIXELS);
    for (let at = part * count; at < (part + 1) * count; at += 1) numbers[lengths[at]!]! += 1;
    for (let length = PIXELS - 2; length >= 0; length -= 1) numbers[length]! += numbers[length + 1]!;
    return numbers;
  });
  const cursors = longer.map(() => new Uint32Array(PIXELS - 1));
  let at = begin;
  for (let place = 0; place < PIXELS - 1; place += 1) {
    for (let part = 0; part < PLANES; part += 1) {
      cursors[part]![place] = at;
      at += longer[part]![place + 1]!;
    }
  }
  return [cursors, at];
}

function clipped(value: number): number {
  if ((value & 0xff) === value) return value;
  return value < 0 ? 0 : 255;
}

function diagonal(place: number): number {
  return (place >> 4) + (place & 15);
}

/** ITU-T H.265, 8.6.4.2: 90.5 cos(turns π / 32), tuned so that rows are nearly orthogonal. */
function cosine(turns: number): number {
  const turn = turns % 64;
  return turn > 16 && turn < 48 ? -COSINES[Math.abs(32 - turn)]! : COSINES[Math.min(turn, 64 - turn)]!;
}
