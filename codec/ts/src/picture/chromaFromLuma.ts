/** How much chroma changes from pixel to pixel, bit for bit as codec/picture/chroma_from_luma.py finds it. */

import {
  FLAT,
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

  /** Whether the sample at `at` of the middle row has slopes. `low` and `high` are its darkest and brightest luma. */
  find(rows: ThreeRows, at: number, low: number, high: number): boolean {
    if (high - low <= FLAT) return false;
    let allCb = 0;
    let allCr = 0;
    let chromaSquares = 0;
    let greys = 0;
    for (let row = 0; row < 3; row += 1) {
      const { cb: blues, cr: reds } = rows[row]!;
      for (let place = at - 1; place <= at + 1; place += 1) {
        const cb = blues[place]!;
        const cr = reds[place]!;
        allCb = (allCb + cb) | 0;
        allCr = (allCr + cr) | 0;
        chromaSquares = (chromaSquares + imul(cb, cb) + imul(cr, cr)) | 0;
        if (((cb ^ GREY) | (cr ^ GREY)) === 0) greys += 1;
      }
    }
    const chromaSpread = (imul(9, chromaSquares) - imul(allCb, allCb) - imul(allCr, allCr)) | 0;
    if (chromaSpread <= LEAST_CHROMA) return false;
    let all = 0;
    let squares = 0;
    let byCb = 0;
    let byCr = 0;
    for (let row = 0; row < 3; row += 1) {
      const { luma: lumas, cb: blues, cr: reds } = rows[row]!;
      for (let place = at - 1; place <= at + 1; place += 1) {
        const luma = lumas[place]!;
        all = (all + luma) | 0;
        squares = (squares + imul(luma, luma)) | 0;
        byCb = (byCb + imul(luma, blues[place]!)) | 0;
        byCr = (byCr + imul(luma, reds[place]!)) | 0;
      }
    }
    const spread = (imul(9, squares) - imul(all, all)) | 0;
    if (spread < LEAST_LUMA) return false;
    const withCb = (imul(9, byCb) - imul(all, allCb)) | 0;
    const withCr = (imul(9, byCr) - imul(all, allCr)) | 0;
    // From here on numbers may have more than 32 bits, and are below 2⁵²: what they come to is exact.
    const whole = spread * chromaSpread;
    const more = 8 * (withCb * withCb + withCr * withCr) - 5 * whole;
    if (more <= 0) return false;
    const explained = min(floor((more * (WEIGHT / 2)) / whole), WEIGHT);
    const weight = greys < SOME_GREY ? explained : lessForPatterns(explained, greys, rows, at, low, high);
    if (weight === 0) return false;
    const cb = slopeOf(weight * withCb, spread);
    const cr = slopeOf(weight * withCr, spread);
    const parts = this.partsThatExist(cb, cr, rows[1], at, low, high);
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

function lessForPatterns(
  weight: number,
  greys: number,
  rows: ThreeRows,
  at: number,
  low: number,
  high: number,
): number {
  const { luma, cb, cr } = rows[1];
  if (greys >= MOST_GREY && cb[at] === GREY && cr[at] === GREY) return 0;
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
