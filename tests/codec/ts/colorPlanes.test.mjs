/** Planes become the very colours that they become in Python, and nothing beside the area is touched. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { bytes, kept } from "./golden.mjs";

const { toRgba } = await import(`${process.env.CODEC}/picture/colorPlanes.js`);

for (const { width, height, planes, matrix, full_range: fullRange, area, gives } of kept("color_planes")) {
  const [luma, cb, cr] = planes.map(bytes);
  const [y, x, bottom, right] = area;
  test(`${width}×${height}, matrix ${matrix}, ${fullRange ? "full" : "limited"}, at ${area}`, () => {
    const shown = { width, height, luma, lumaStride: width, cb, cr, chromaStride: (width + 1) >> 1, matrix, fullRange };
    const stride = width + 3;
    const pixels = new Uint32Array(stride * height).fill(7);
    toRgba(shown, { x, y, width: right - x, height: bottom - y }, pixels, stride);
    const colors = bytes(gives);
    let at = 0;
    for (const [place, pixel] of pixels.entries()) {
      const column = place % stride;
      const row = (place - column) / stride;
      if (column < x || column >= right || row < y || row >= bottom) assert.equal(pixel, 7);
      else assert.equal(pixel, (0xff000000 | (colors[at++] << 0) | (colors[at++] << 8) | (colors[at++] << 16)) >>> 0);
    }
    assert.equal(at, colors.length);
  });
}
