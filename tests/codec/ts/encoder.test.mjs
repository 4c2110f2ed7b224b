/** Both halves of codec/ts together: what the encoder saw, the decoder shows. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { zstdWasm } from "@deskside/codec/zstd_wasm";

const { BadFrameError, Encoder } = await import(`${process.env.CODEC}/picture/encoder.js`);
const { Decoder } = await import(`${process.env.CODEC}/picture/decoder.js`);
const wasm = readFileSync(fileURLToPath(import.meta.resolve("@deskside/codec/encoder.wasm")));
const code = await WebAssembly.compile(wasm);
const zstd = await WebAssembly.compile(zstdWasm());
const [WIDTH, HEIGHT] = [333, 170];

/** A page of dark marks on white, scrolled down by some lines. */
function page(lines, { width = WIDTH, height = HEIGHT } = {}) {
  const data = new Uint8Array(4 * width * height).fill(255);
  for (let at = 0; at < width * height; at += 1) {
    const [x, y] = [at % width, Math.floor(at / width) + lines];
    if (((x * 2654435761) ^ (y * 40503) ^ ((x * y) >> 3)) % 3 === 0) data.set([10, x & 255, y & 255], 4 * at);
  }
  return { data, width, height, format: "RGBX" };
}

function isShown(decoder, { data, width, height }) {
  for (let at = 0; at < width * height; at += 1) {
    const word = decoder.pixels[Math.floor(at / width) * decoder.stride + (at % width)];
    if ((word & 0xffffff) !== (data[4 * at] | (data[4 * at + 1] << 8) | (data[4 * at + 2] << 16))) return false;
  }
  return true;
}

test("scrolled, resized and begun again, every picture is shown exactly", () => {
  const encoder = Encoder.create(code);
  const decoder = new Decoder(zstd);
  const small = { width: 17, height: 5 };
  for (const frame of [page(0), page(9), page(30), page(3, small), page(4, small), page(30), page(12)]) {
    decoder.decode(encoder.encode(frame));
    assert.ok(isShown(decoder, frame));
    assert.equal(encoder.encode(frame), null);
  }
  encoder.keyPicture();
  const key = encoder.encode(page(12));
  assert.ok(key !== null && isShown(decoder, page(12)));
});

test("the module needs nothing from outside", () => assert.deepEqual(WebAssembly.Module.imports(code), []));

test("memory is taken for a size once, and never for a picture", () => {
  const encoder = Encoder.create(code);
  const { data } = encoder.frameBuffer(WIDTH, HEIGHT);
  for (let turn = 0; turn < 20; turn += 1) encoder.encode(page(turn));
  assert.equal(data.buffer, encoder.frameBuffer(WIDTH, HEIGHT).data.buffer);
  assert.ok(data.buffer.byteLength > 0);
});

test("the memory of one size is used again for another", () => {
  const encoder = Encoder.create(code);
  const { buffer } = encoder.frameBuffer(WIDTH, HEIGHT).data;
  for (let turn = 1; turn < 20; turn += 1) encoder.frameBuffer(turn, HEIGHT - turn);
  assert.equal(encoder.frameBuffer(WIDTH, HEIGHT).data.buffer, buffer);
});

test("a browser's copy of a frame has room for every line", () => {
  const encoder = Encoder.create(code);
  for (const [width, height] of [[1, 1], [17, 3], [WIDTH, HEIGHT]]) {
    const { data, stride } = encoder.frameBuffer(width, height);
    assert.ok(stride >= 4 * width && data.length >= stride * height);
  }
});

test("a picture in the encoder's memory is where the encoder says", () => {
  const encoder = Encoder.create(code);
  const { data, stride } = encoder.frameBuffer(64, 32);
  const frame = { data, stride, width: 64, height: 32, format: "BGRX" };
  assert.notEqual(encoder.encode(frame), null);
  assert.throws(() => encoder.encode({ ...frame, data: data.subarray(4), height: 31 }), BadFrameError);
});
