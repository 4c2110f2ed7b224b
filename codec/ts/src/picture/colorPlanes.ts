/** Planes as browsers capture them (4:2:0) into colours, bit for bit as codec/picture/color_planes.py does it. */

import { GREY, SLOPE_BITS } from "./chromaFromLuma.gen.ts";
import { type Factors, SampleRow, SlopeFinder, type ThreeRows } from "./chromaFromLuma.ts";
import { CHROMA_BITS, FACTORS, FRACTION_BITS, Matrix, REACH } from "./colorPlanes.gen.ts";
import type { Area } from "./geometry.ts";

export { Matrix };

/** A picture of `width` × `height` pixels: its planes may be larger, their lines begin a stride apart. */
export interface ColorPlanes {
  width: number;
  height: number;
  luma: Uint8Array;
  lumaStride: number;
  /** Half as wide and high, rounded up. */
  cb: Uint8Array;
  cr: Uint8Array;
  chromaStride: number;
  matrix: Matrix;
  fullRange: boolean;
}

const OPAQUE = 0xff000000;
const FINE_BITS = FRACTION_BITS + CHROMA_BITS;
const FINE_HALF = 1 << (FINE_BITS - 1);
const RESTORED_BITS = SLOPE_BITS - CHROMA_BITS;
const RESTORED_HALF = 1 << (RESTORED_BITS - 1);
const MOST_CHROMA = GREY << CHROMA_BITS;
/** Every level that a colour may come to, from -BELOW on, as one that exists. */
const BELOW = 512;
const CLIPPED = Uint8Array.from({ length: 3 * BELOW }, (_, level) => Math.min(Math.max(level - BELOW, 0), 255));
const { imul, max, min } = Math;

/** Write the colours of an area, inside the picture, to where it is in `pixels`: one word each, R in the lowest byte. */
export function toRgba(planes: ColorPlanes, area: Area, pixels: Uint32Array, stride: number): void {
  const painter = new Painter(planes, area, pixels, stride);
  const first = area.y >> 1;
  const last = (area.y + area.height - 1) >> 1;
  for (let row = first - REACH; row < first + REACH; row += 1) painter.read(row);
  for (let row = first; row <= last; row += 1) {
    painter.read(row + REACH);
    painter.paint(row);
  }
}

/** Return which pixels of a picture may look different when the planes changed in an area of pixels. */
export function affected(changed: Area, width: number, height: number): Area {
  const x = max((changed.x & ~1) - 2 * REACH, 0);
  const y = max((changed.y & ~1) - 2 * REACH, 0);
  const right = min(((changed.x + changed.width + 1) & ~1) + 2 * REACH, width);
  const bottom = min(((changed.y + changed.height + 1) & ~1) + 2 * REACH, height);
  return { x, y, width: right - x, height: bottom - y };
}

class Painter {
  private readonly factors: Factors;
  private readonly slopes: SlopeFinder;
  private readonly firstColumn: number;
  private rows: ThreeRows;

  constructor(
    private readonly planes: ColorPlanes,
    private readonly area: Area,
    private readonly pixels: Uint32Array,
    private readonly stride: number,
  ) {
    const { matrix, fullRange } = planes;
    this.factors = FACTORS[matrix === Matrix.BT709 ? "BT709" : "BT601"][fullRange ? "full" : "limited"];
    this.slopes = new SlopeFinder(this.factors);
    this.firstColumn = area.x >> 1;
    const length = ((area.x + area.width + 1) >> 1) - this.firstColumn + 2 * REACH;
    this.rows = [new SampleRow(length), new SampleRow(length), new SampleRow(length)];
  }

  /** Read the next row of samples; beyond the edge of the picture are those at the edge. */
  read(row: number): void {
    const { luma, lumaStride, cb, cr, chromaStride, width, height } = this.planes;
    const [free, above, here] = this.rows;
    const lastColumn = (width - 1) >> 1;
    const place = min(max(row, 0), (height - 1) >> 1);
    const upper = 2 * place * lumaStride;
    const lower = min(2 * place + 1, height - 1) * lumaStride;
    const samples = place * chromaStride;
    for (let at = 0; at < free.length; at += 1) {
      const column = min(max(this.firstColumn - REACH + at, 0), lastColumn);
      const left = 2 * column;
      const right = min(left + 1, width - 1);
      free.luma[at] = luma[upper + left]! + luma[upper + right]! + luma[lower + left]! + luma[lower + right]!;
      free.cb[at] = cb[samples + column]!;
      free.cr[at] = cr[samples + column]!;
    }
    this.rows = [above, here, free];
  }

  /** Paint the pixels of a row of samples, the middle one of the three that were read last. */
  paint(row: number): void {
    const { area, factors, slopes, pixels, stride, rows } = this;
    const here = rows[1];
    const { luma, lumaStride, width, height } = this.planes;
    const upper = 2 * row * lumaStride;
    const lower = min(2 * row + 1, height - 1) * lumaStride;
    const isUpper = 2 * row >= area.y;
    const isLower = 2 * row + 1 < area.y + area.height;
    const right = area.x + area.width;
    for (let at = REACH, x = 2 * this.firstColumn; x < right; at += 1, x += 2) {
      const beside = min(x + 1, width - 1);
      const first = luma[upper + x]!;
      const second = luma[upper + beside]!;
      const third = luma[lower + x]!;
      const fourth = luma[lower + beside]!;
      const low = min(min(first, second), min(third, fourth));
      const high = max(max(first, second), max(third, fourth));
      const cb = (here.cb[at]! - GREY) << CHROMA_BITS;
      const cr = (here.cr[at]! - GREY) << CHROMA_BITS;
      const place = 2 * row * stride + x;
      const isLeft = x >= area.x;
      const isRight = x + 1 < right;
      if (slopes.find(rows, at, low, high)) {
        const sum = here.luma[at]!;
        if (isUpper && isLeft) pixels[place] = restored(factors, slopes, first, sum, cb, cr);
        if (isUpper && isRight) pixels[place + 1] = restored(factors, slopes, second, sum, cb, cr);
        if (isLower && isLeft) pixels[place + stride] = restored(factors, slopes, third, sum, cb, cr);
        if (isLower && isRight) pixels[place + stride + 1] = restored(factors, slopes, fourth, sum, cb, cr);
      } else {
        if (isUpper && isLeft) pixels[place] = colored(factors, first, cb, cr);
        if (isUpper && isRight) pixels[place + 1] = colored(factors, second, cb, cr);
        if (isLower && isLeft) pixels[place + stride] = colored(factors, third, cb, cr);
        if (isLower && isRight) pixels[place + stride + 1] = colored(factors, fourth, cb, cr);
      }
    }
  }
}

/** Return the colour of a pixel whose chroma, in sixteenths, is its sample's and what luma tells. */
function restored(factors: Factors, slopes: SlopeFinder, luma: number, sum: number, cb: number, cr: number): number {
  const away = 4 * luma - sum;
  const moreCb = (imul(slopes.cb, away) + RESTORED_HALF) >> RESTORED_BITS;
  const moreCr = (imul(slopes.cr, away) + RESTORED_HALF) >> RESTORED_BITS;
  return colored(factors, luma, inRange(cb + moreCb), inRange(cr + moreCr));
}

function inRange(chroma: number): number {
  return max(min(chroma, MOST_CHROMA - 1), -MOST_CHROMA);
}

function colored(factors: Factors, luma: number, cb: number, cr: number): number {
  const grey = (imul(factors.luma, luma - factors.black) << CHROMA_BITS) + FINE_HALF;
  const red = (grey + imul(factors.redOfCr, cr)) >> FINE_BITS;
  const green = (grey - imul(factors.greenOfCb, cb) - imul(factors.greenOfCr, cr)) >> FINE_BITS;
  const blue = (grey + imul(factors.blueOfCb, cb)) >> FINE_BITS;
  return OPAQUE | (CLIPPED[BELOW + blue]! << 16) | (CLIPPED[BELOW + green]! << 8) | CLIPPED[BELOW + red]!;
}
