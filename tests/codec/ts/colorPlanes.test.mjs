/** Planes become the very colours that they become in Python, and nothing beside the area is touched. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { bytes, kept } from "./golden.mjs";

const { affected, toRgba } = await import(`${process.env.CODEC}/picture/colorPlanes.js`);

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

test("what else changes is told, and an area is part of the whole", () => {
  const { width, height, planes, matrix, gives } = kept("color_planes").find(({ width }) => width === 41);
  const [luma, cb, cr] = planes.map(bytes);
  const half = (width + 1) >> 1;
  const picture = { width, height, luma, lumaStride: width, cb, cr, chromaStride: half, matrix, fullRange: false };
  const whole = { x: 0, y: 0, width, height };
  const shown = new Uint32Array(width * height);
  toRgba(picture, whole, shown, width);
  assert.equal(shown[0] & 0xff, bytes(gives)[0]);
  let more = 0;
  for (let place = 0; place < luma.length; place += 7) {
    const x = place % width;
    const y = (place - x) / width;
    const sample = (y >> 1) * half + (x >> 1);
    for (const [plane, at, side] of [
      [luma, place, 1],
      [cb, sample, 2],
    ]) {
      const corner = side === 1 ? { x, y } : { x: x & ~1, y: y & ~1 };
      const area = affected({ ...corner, width: side, height: side }, width, height);
      plane[at] ^= 0x40;
      const painted = shown.slice();
      toRgba(picture, area, painted, width);
      const again = new Uint32Array(width * height);
      toRgba(picture, whole, again, width);
      assert.deepEqual(painted, again);
      more += again.filter((pixel, each) => pixel !== shown[each]).length - side * side;
      plane[at] ^= 0x40;
    }
  }
  assert.ok(more > 0, "nothing but the pixels themselves has changed");
});
