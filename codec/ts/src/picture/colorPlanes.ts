/** Planes as browsers capture them (4:2:0) into colours, bit for bit as codec/picture/color_planes.py does it. */

import { FLAT, GREY, SLOPE_BITS } from "./chromaFromLuma.gen.ts";
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

const OPAQUE = 0xff << 24;
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
  /** The pixels of a sample. */
  private readonly four = new Int32Array(4);
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
    const first = this.firstColumn - REACH;
    const { luma: sums, cb: blues, cr: reds, length } = free;
    for (let at = 0, left = 2 * first, sample = samples + first; at < length; at += 1, left += 2, sample += 1) {
      if (left >= 0 && left + 1 < width) {
        sums[at] = luma[upper + left]! + luma[upper + left + 1]! + luma[lower + left]! + luma[lower + left + 1]!;
        blues[at] = cb[sample]!;
        reds[at] = cr[sample]!;
      } else {
        const column = min(max(first + at, 0), lastColumn);
        const right = min(2 * column + 1, width - 1);
        const ofLeft = luma[upper + 2 * column]! + luma[lower + 2 * column]!;
        sums[at] = ofLeft + luma[upper + right]! + luma[lower + right]!;
        blues[at] = cb[samples + column]!;
        reds[at] = cr[samples + column]!;
      }
    }
    this.rows = [above, here, free];
  }

  /** Paint the pixels of a row of samples, the middle one of the three that were read last. */
  paint(row: number): void {
    const { area, slopes, pixels, stride, rows, four } = this;
    const { black, luma: ofLuma, redOfCr, greenOfCb, greenOfCr, blueOfCb } = this.factors;
    const { luma, lumaStride, width, height } = this.planes;
    const { cb: blues, cr: reds, luma: sums } = rows[1];
    const upper = 2 * row * lumaStride;
    const lower = min(2 * row + 1, height - 1) * lumaStride;
    const isUpper = 2 * row >= area.y;
    const isLower = 2 * row + 1 < area.y + area.height;
    const right = area.x + area.width;
    for (let at = REACH, x = 2 * this.firstColumn; x < right; at += 1, x += 2) {
      const beside = min(x + 1, width - 1);
      const y0 = luma[upper + x]!;
      const y1 = luma[upper + beside]!;
      const y2 = luma[lower + x]!;
      const y3 = luma[lower + beside]!;
      const low = min(min(y0, y1), min(y2, y3));
      const high = max(max(y0, y1), max(y2, y3));
      const cb = (blues[at]! - GREY) << CHROMA_BITS;
      const cr = (reds[at]! - GREY) << CHROMA_BITS;
      const place = 2 * row * stride + x;
      if (high - low > FLAT && slopes.find(rows, at, low, high)) {
        this.restore(y0, y1, y2, y3, sums[at]!, cb, cr);
      } else {
        const red = imul(redOfCr, cr) + FINE_HALF;
        const green = FINE_HALF - imul(greenOfCb, cb) - imul(greenOfCr, cr);
        const blue = imul(blueOfCb, cb) + FINE_HALF;
        const word = wordOf(imul(ofLuma, y0 - black) << CHROMA_BITS, red, green, blue);
        if (low === high && isUpper && isLower && x >= area.x && x + 1 < right) {
          pixels[place] = word;
          pixels[place + 1] = word;
          pixels[place + stride] = word;
          pixels[place + stride + 1] = word;
          continue;
        }
        four[0] = word;
        four[1] = wordOf(imul(ofLuma, y1 - black) << CHROMA_BITS, red, green, blue);
        four[2] = wordOf(imul(ofLuma, y2 - black) << CHROMA_BITS, red, green, blue);
        four[3] = wordOf(imul(ofLuma, y3 - black) << CHROMA_BITS, red, green, blue);
      }
      if (x >= area.x) {
        if (isUpper) pixels[place] = four[0]!;
        if (isLower) pixels[place + stride] = four[2]!;
      }
      if (x + 1 < right) {
        if (isUpper) pixels[place + 1] = four[1]!;
        if (isLower) pixels[place + stride + 1] = four[3]!;
      }
    }
  }

  /** Write the four pixels of a sample with slopes: of this luma, its sum, and this chroma in sixteenths. */
  private restore(y0: number, y1: number, y2: number, y3: number, sum: number, cb: number, cr: number): void {
    const { factors, slopes, four } = this;
    const { black, luma, redOfCr, greenOfCb, greenOfCr, blueOfCb } = factors;
    for (let pixel = 0; pixel < 4; pixel += 1) {
      const level = pixel < 2 ? (pixel === 0 ? y0 : y1) : pixel === 2 ? y2 : y3;
      const away = 4 * level - sum;
      const inCb = restored(cb, slopes.cb, away);
      const inCr = restored(cr, slopes.cr, away);
      const green = FINE_HALF - imul(greenOfCb, inCb) - imul(greenOfCr, inCr);
      const grey = imul(luma, level - black) << CHROMA_BITS;
      four[pixel] = wordOf(grey, imul(redOfCr, inCr) + FINE_HALF, green, imul(blueOfCb, inCb) + FINE_HALF);
    }
  }
}

/** Return a pixel's chroma in sixteenths: its sample's, and what luma tells. */
function restored(chroma: number, slope: number, away: number): number {
  const fine = chroma + ((imul(slope, away) + RESTORED_HALF) >> RESTORED_BITS);
  return max(min(fine, MOST_CHROMA - 1), -MOST_CHROMA);
}

function wordOf(grey: number, red: number, green: number, blue: number): number {
  return (
    OPAQUE |
    (CLIPPED[BELOW + ((grey + blue) >> FINE_BITS)]! << 16) |
    (CLIPPED[BELOW + ((grey + green) >> FINE_BITS)]! << 8) |
    CLIPPED[BELOW + ((grey + red) >> FINE_BITS)]!
  );
}
