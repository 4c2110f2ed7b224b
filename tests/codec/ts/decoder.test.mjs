/** Kept streams of packets show what Python's decoder shows, and damaged ones are named. */

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { zstdWasm } from "@deskside/codec/zstd_wasm";

const { Decoder } = await import(`${process.env.CODEC}/picture/decoder.js`);
const { BadPacketError } = await import(`${process.env.CODEC}/picture/errors.js`);
const golden = new URL("../golden/", import.meta.url);
const code = await WebAssembly.compile(zstdWasm());
const names = readdirSync(golden).filter((name) => name.endsWith(".packets"));

function packetsIn(name) {
  const data = readFileSync(new URL(name, golden));
  const packets = [];
  for (let at = 0; at < data.length; ) {
    const end = at + 4 + data.readUInt32LE(at);
    packets.push(new Uint8Array(data.subarray(at + 4, end)));
    at = end;
  }
  return packets;
}

test("there are kept streams", () => assert.ok(names.length >= 2));

for (const name of names) {
  test(`${name} shows what it always showed, and says what changed`, () => {
    const sums = readFileSync(new URL(name.replace(".packets", ".sums"), golden), "utf8").split(/\s+/).filter(Boolean);
    const decoder = new Decoder(code);
    let painted = new Uint32Array(0);
    for (const [place, packet] of packetsIn(name).entries()) {
      const areas = decoder.decode(packet);
      assert.equal(sumOf(decoder), sums[place]);
      if (painted.length !== decoder.pixels.length) painted = new Uint32Array(decoder.pixels.length);
      for (const area of areas) copy(decoder, area, painted);
      assert.ok(isShown(decoder, painted), `picture ${place} has changed where it does not say so`);
    }
  });
}

test("a damaged packet is named, and a whole picture repairs everything", () => {
  const [key, update] = packetsIn("every-kind.packets");
  const damaged = [update.subarray(0, 9), update.subarray(0, -5), key.subarray(0, -5), Uint8Array.of(1, ...key.subarray(1))];
  const decoder = new Decoder(code);
  assert.throws(() => decoder.decode(update), BadPacketError);
  for (const bad of damaged) {
    decoder.decode(key);
    assert.throws(() => decoder.decode(bad), BadPacketError);
    assert.ok(decoder.decode(key).length > 0);
  }
});

test("planes and colours follow each other with a key alone", () => {
  const [key, update] = packetsIn("every-kind.packets");
  const [keyInPlanes, updateInPlanes] = packetsIn("planes.packets");
  const decoder = new Decoder(code);
  for (const [first, next, other] of [[key, update, updateInPlanes], [keyInPlanes, updateInPlanes, update]]) {
    decoder.decode(first);
    assert.throws(() => decoder.decode(other), BadPacketError);
    decoder.decode(first);
    assert.ok(decoder.decode(next).length > 0);
  }
});

test("a video is refused by name where nothing decodes it", async () => {
  const [key, update] = packetsIn("every-kind.packets");
  const decoder = new Decoder(code);
  decoder.decode(key);
  const video = Buffer.alloc(13);
  for (const [place, side] of [0, 0, 16, 16].entries()) video.writeUInt16LE(side, 2 * place);
  video.writeUInt32LE(1, 8);
  const packet = Uint8Array.of(update[0], 2 | 4, ...update.subarray(2, 10), ...video, ...update.subarray(10));
  await assert.rejects(async () => decoder.decode(packet), BadPacketError);
});

/** The sum of the picture's planes, or where there are none of its pixels. */
function sumOf({ planes, pixels }) {
  const hash = createHash("sha256");
  if (planes === undefined) return hash.update(new Uint8Array(pixels.buffer)).digest("hex");
  const { width, height, luma, lumaStride, cb, cr, chromaStride } = planes;
  const add = (plane, stride, columns, rows) => {
    for (let y = 0; y < rows; y += 1) hash.update(plane.subarray(y * stride, y * stride + columns));
  };
  add(luma, lumaStride, width, height);
  for (const chroma of [cb, cr]) add(chroma, chromaStride, (width + 1) >> 1, (height + 1) >> 1);
  return hash.digest("hex");
}

function copy({ pixels, stride }, { x, y, width, height }, to) {
  for (let at = y * stride + x; at < (y + height) * stride; at += stride) to.set(pixels.subarray(at, at + width), at);
}

function isShown({ pixels, stride, width, height }, painted) {
  for (let row = 0; row < height; row += 1) {
    for (let at = row * stride; at < row * stride + width; at += 1) if (painted[at] !== pixels[at]) return false;
  }
  return true;
}
