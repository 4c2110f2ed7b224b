/** How much chroma changes from pixel to pixel, bit for bit as codec/picture/chroma_from_luma.py finds it. */

import {
  GREY,
  LEAST_CHROMA,
  LEAST_LUMA,
  MOST_GREY,
  MOST_SLOPE,
  PARTS,
  QUARTERS,
  SLOPE_BITS,
  SOME_GREY,
  TOLERANCES,
  WEIGHT,
} from "./chromaFromLuma.gen.ts";

/** How luma above black, Cb and Cr above grey count in a colour, in 1/65,536. */
export interface Factors {
  readonly black: number;
  readonly luma: number;
  readonly redOfCr: number;
  readonly greenOfCb: number;
  readonly greenOfCr: number;
  readonly blueOfCb: number;
}

const SCALE = (1 << SLOPE_BITS) / WEIGHT;
const QUARTER_BITS = SLOPE_BITS - 2;
const HIGHEST = QUARTERS * 255;
const [FOR_RED, FOR_GREEN, FOR_BLUE] = TOLERANCES;
const { floor, imul, max, min } = Math;

/** Chroma samples beside one another, each with the sum of the luma of its four pixels. */
export class SampleRow {
  readonly luma: Int32Array;
  readonly cb: Int32Array;
  readonly cr: Int32Array;

  constructor(readonly length: number) {
    this.luma = new Int32Array(length);
    this.cb = new Int32Array(length);
    this.cr = new Int32Array(length);
  }
}

/** A row, the one above it and the one below. */
export type ThreeRows = readonly [SampleRow, SampleRow, SampleRow];

/** Finds the slopes of one sample after the other. */
export class SlopeFinder {
  /** Of the last sample that has some: what Cb and Cr change by for a quarter of a luma, with SLOPE_BITS. */
  cb = 0;
  cr = 0;

  constructor(private readonly factors: Factors) {}

  /**
   * Whether the sample at `at` of the middle row has slopes. `low` and `high` are the luma of its darkest and its
   * brightest pixel, which differ by more than FLAT.
   */
  find(rows: ThreeRows, at: number, low: number, high: number): boolean {
    // Written out: loops took twice the time.
    const above = rows[0];
    const row = rows[1];
    const below = rows[2];
    const before = at - 1;
    const behind = at + 1;
    const u0 = above.cb[before]! | 0;
    const u1 = above.cb[at]! | 0;
    const u2 = above.cb[behind]! | 0;
    const u3 = row.cb[before]! | 0;
    const u4 = row.cb[at]! | 0;
    const u5 = row.cb[behind]! | 0;
    const u6 = below.cb[before]! | 0;
    const u7 = below.cb[at]! | 0;
    const u8 = below.cb[behind]! | 0;
    const v0 = above.cr[before]! | 0;
    const v1 = above.cr[at]! | 0;
    const v2 = above.cr[behind]! | 0;
    const v3 = row.cr[before]! | 0;
    const v4 = row.cr[at]! | 0;
    const v5 = row.cr[behind]! | 0;
    const v6 = below.cr[before]! | 0;
    const v7 = below.cr[at]! | 0;
    const v8 = below.cr[behind]! | 0;
    const allCb = u0 + u1 + u2 + u3 + u4 + u5 + u6 + u7 + u8;
    const allCr = v0 + v1 + v2 + v3 + v4 + v5 + v6 + v7 + v8;
    const ofCb =
      (imul(u0, u0) +
        imul(u1, u1) +
        imul(u2, u2) +
        imul(u3, u3) +
        imul(u4, u4) +
        imul(u5, u5) +
        imul(u6, u6) +
        imul(u7, u7) +
        imul(u8, u8)) |
      0;
    const ofCr =
      (imul(v0, v0) +
        imul(v1, v1) +
        imul(v2, v2) +
        imul(v3, v3) +
        imul(v4, v4) +
        imul(v5, v5) +
        imul(v6, v6) +
        imul(v7, v7) +
        imul(v8, v8)) |
      0;
    const chromaSpread = (imul(9, ofCb + ofCr) - imul(allCb, allCb) - imul(allCr, allCr)) | 0;
    if (chromaSpread <= LEAST_CHROMA) return false;
    const s0 = above.luma[before]! | 0;
    const s1 = above.luma[at]! | 0;
    const s2 = above.luma[behind]! | 0;
    const s3 = row.luma[before]! | 0;
    const s4 = row.luma[at]! | 0;
    const s5 = row.luma[behind]! | 0;
    const s6 = below.luma[before]! | 0;
    const s7 = below.luma[at]! | 0;
    const s8 = below.luma[behind]! | 0;
    const all = s0 + s1 + s2 + s3 + s4 + s5 + s6 + s7 + s8;
    const ofLuma =
      (imul(s0, s0) +
        imul(s1, s1) +
        imul(s2, s2) +
        imul(s3, s3) +
        imul(s4, s4) +
        imul(s5, s5) +
        imul(s6, s6) +
        imul(s7, s7) +
        imul(s8, s8)) |
      0;
    const spread = (imul(9, ofLuma) - imul(all, all)) | 0;
    if (spread < LEAST_LUMA) return false;
    const byCb =
      (imul(s0, u0) +
        imul(s1, u1) +
        imul(s2, u2) +
        imul(s3, u3) +
        imul(s4, u4) +
        imul(s5, u5) +
        imul(s6, u6) +
        imul(s7, u7) +
        imul(s8, u8)) |
      0;
    const byCr =
      (imul(s0, v0) +
        imul(s1, v1) +
        imul(s2, v2) +
        imul(s3, v3) +
        imul(s4, v4) +
        imul(s5, v5) +
        imul(s6, v6) +
        imul(s7, v7) +
        imul(s8, v8)) |
      0;
    const withCb = (imul(9, byCb) - imul(all, allCb)) | 0;
    const withCr = (imul(9, byCr) - imul(all, allCr)) | 0;
    // From here on numbers may have more than 32 bits, and are below 2⁵²: what they come to is exact.
    const whole = spread * chromaSpread;
    const more = 8 * (withCb * withCb + withCr * withCr) - 5 * whole;
    if (more <= 0) return false;
    const explained = min(floor((more * (WEIGHT / 2)) / whole), WEIGHT);
    const greys =
      isGrey(u0, v0) +
      isGrey(u1, v1) +
      isGrey(u2, v2) +
      isGrey(u3, v3) +
      isGrey(u4, v4) +
      isGrey(u5, v5) +
      isGrey(u6, v6) +
      isGrey(u7, v7) +
      isGrey(u8, v8);
    const weight = greys < SOME_GREY ? explained : lessForPatterns(explained, greys, rows, at, low, high);
    if (weight === 0) return false;
    const cb = slopeOf(weight * withCb, spread);
    const cr = slopeOf(weight * withCr, spread);
    const parts = this.partsThatExist(cb, cr, row, at, low, high);
    this.cb = floor((cb * parts) / PARTS);
    this.cr = floor((cr * parts) / PARTS);
    return (this.cb | this.cr) !== 0;
  }

  /** Return how much of two slopes can be had before a pixel leaves the colours that exist. */
  private partsThatExist(
    slopeCb: number,
    slopeCr: number,
    row: SampleRow,
    at: number,
    low: number,
    high: number,
  ): number {
    const { black, luma, redOfCr, greenOfCb, greenOfCr, blueOfCb } = this.factors;
    const cb = row.cb[at]! - GREY;
    const cr = row.cr[at]! - GREY;
    const sum = row.luma[at]!;
    let parts = PARTS;
    for (let pixel = low; ; pixel = high) {
      const away = QUARTERS * pixel - sum;
      const inCb = imul(slopeCb, away) >> QUARTER_BITS;
      const inCr = imul(slopeCr, away) >> QUARTER_BITS;
      const grey = imul(luma, pixel - black);
      parts = less(parts, grey + imul(redOfCr, cr), imul(redOfCr, inCr), FOR_RED);
      const green = grey - imul(greenOfCb, cb) - imul(greenOfCr, cr);
      parts = less(parts, green, -imul(greenOfCb, inCb) - imul(greenOfCr, inCr), FOR_GREEN);
      parts = less(parts, grey + imul(blueOfCb, cb), imul(blueOfCb, inCb), FOR_BLUE);
      if (pixel === high) return parts;
    }
  }
}

function isGrey(cb: number, cr: number): number {
  return ((cb ^ GREY) | (cr ^ GREY)) === 0 ? 1 : 0;
}

function lessForPatterns(
  weight: number,
  greys: number,
  rows: ThreeRows,
  at: number,
  low: number,
  high: number,
): number {
  const { luma, cb, cr } = rows[1];
  if (greys >= MOST_GREY && isGrey(cb[at]!, cr[at]!) === 1) return 0;
  let least = luma[at]!;
  let most = least;
  for (const { luma } of rows) {
    for (let place = at - 1; place <= at + 1; place += 1) {
      least = min(least, luma[place]!);
      most = max(most, luma[place]!);
    }
  }
  const reach = most - least;
  const beyond = min(max(least - QUARTERS * low, 0), max(QUARTERS * high - most, 0));
  return floor((weight * min(max(2 * reach - 4 * beyond, 0), reach)) / reach);
}

function slopeOf(weighted: number, spread: number): number {
  return min(max(floor((weighted * SCALE) / spread), -MOST_SLOPE), MOST_SLOPE) | 0;
}

/** Return how many parts of `more` there is room for between `shared` and the end of the colours, at most `parts`. */
function less(parts: number, shared: number, more: number, tolerance: number): number {
  const from = (QUARTERS * shared) >> SLOPE_BITS;
  const change = more >> SLOPE_BITS;
  const room = change > 0 ? max(HIGHEST + tolerance - from, 0) : max(from + tolerance, 0);
  const size = change < 0 ? -change : change;
  return size > room ? min(parts, floor((PARTS * room) / size)) : parts;
}
