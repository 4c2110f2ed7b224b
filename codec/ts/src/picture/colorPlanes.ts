/** Planes as browsers capture them (4:2:0) into colours, bit for bit as codec/picture/color_planes.py does it. */

import { FACTORS, FRACTION_BITS, Matrix } from "./colorPlanes.gen.ts";
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
const HALF = 1 << (FRACTION_BITS - 1);

/** Write the colours of an area, inside the picture, to where it is in `pixels`: one word each, R in the lowest byte. */
export function toRgba(planes: ColorPlanes, area: Area, pixels: Uint32Array, stride: number): void {
  const { luma, cb, cr, lumaStride, chromaStride } = planes;
  const [black, ofLuma, redOfCr, greenOfCb, greenOfCr, blueOfCb] = factorsOf(planes);
  const right = area.x + area.width;
  const bottom = area.y + area.height;
  for (let y = area.y; y < bottom; y += 1) {
    const samples = (y >> 1) * chromaStride;
    for (let x = area.x; x < right; x += 1) {
      const grey = (luma[y * lumaStride + x]! - black) * ofLuma + HALF;
      const blue = cb[samples + (x >> 1)]! - 128;
      const red = cr[samples + (x >> 1)]! - 128;
      pixels[y * stride + x] =
        OPAQUE |
        (clipped((grey + blueOfCb * blue) >> FRACTION_BITS) << 16) |
        (clipped((grey - greenOfCb * blue - greenOfCr * red) >> FRACTION_BITS) << 8) |
        clipped((grey + redOfCr * red) >> FRACTION_BITS);
    }
  }
}

/** Return which pixels of a picture may look different when the planes changed in an area of pixels. */
export function affected(changed: Area, width: number, height: number): Area {
  const x = changed.x & ~1;
  const y = changed.y & ~1;
  const right = Math.min((changed.x + changed.width + 1) & ~1, width);
  const bottom = Math.min((changed.y + changed.height + 1) & ~1, height);
  return { x, y, width: right - x, height: bottom - y };
}

function factorsOf({ matrix, fullRange }: ColorPlanes): readonly [number, number, number, number, number, number] {
  return FACTORS[matrix === Matrix.BT709 ? "BT709" : "BT601"][fullRange ? "full" : "limited"];
}

function clipped(value: number): number {
  return value < 0 ? 0 : value > 255 ? 255 : value;
}
