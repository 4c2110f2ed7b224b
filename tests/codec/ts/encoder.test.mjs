/** Both halves of codec/ts together: what the encoder saw, the decoder shows. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { zstdWasm } from "@deskside/codec/zstd_wasm";

const { BAND_LINES, BadFrameError, Encoder } = await import(`${process.env.CODEC}/picture/encoder.js`);
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

/** Write planes that stand for a number where the encoder wants them: noise that differs everywhere, in some lines only. */
function planes(encoder, number, format, [first, end] = [0, HEIGHT]) {
  const buffer = encoder.planeBuffer(WIDTH, HEIGHT, format);
  for (const [place, { offset, stride }] of buffer.layout.entries()) {
    const half = place === 0 ? 1 : 2;
    const width = format === "NV12" && place > 0 ? 2 * Math.ceil(WIDTH / 2) : Math.ceil(WIDTH / half);
    for (let y = 0; y < Math.ceil(HEIGHT / half); y += 1) {
      const seen = y * half >= first && y * half < end ? number : 0;
      for (let x = 0; x < width; x += 1) buffer.data[offset + y * stride + x] = ((x * 31) ^ (y * 17) ^ (seen * 101)) % 251;
    }
  }
  return buffer;
}

const COLORS = { matrix: 6, fullRange: false };

/** What is shown of planes: luma, then chroma, of a decoder. */
function sumOf({ planes: { luma, cb, cr } }) {
  return [luma, cb, cr].map((plane) => Buffer.from(plane).toString("base64")).join();
}

/** The same of an encoder that was asked for nothing else. */
function wanted(number, format, lines) {
  const [encoder, decoder] = [Encoder.create(code), new Decoder(zstd)];
  decoder.decode(encoder.encodePlanes(planes(encoder, number, format, lines), COLORS));
  return sumOf(decoder);
}

for (const format of ["I420", "NV12"]) {
  test(`what is taken back was never encoded (${format})`, () => {
    const [encoder, decoder] = [Encoder.create(code), new Decoder(zstd)];
    decoder.decode(encoder.encodePlanes(planes(encoder, 1, format), COLORS));
    const buffer = planes(encoder, 2, format);
    encoder.keep();
    const packet = encoder.encodePlanes(buffer, COLORS);
    encoder.takeBack();
    assert.deepEqual(encoder.encodePlanes(buffer, COLORS), packet);
    encoder.takeBack();
    decoder.decode(encoder.encodePlanes(planes(encoder, 3, format), COLORS));
    assert.equal(sumOf(decoder), wanted(3, format));
  });

  test(`bands are encoded alone, and the rest stays (${format})`, () => {
    const [encoder, decoder] = [Encoder.create(code), new Decoder(zstd)];
    decoder.decode(encoder.encodePlanes(planes(encoder, 1, format), COLORS));
    const all = Math.ceil(HEIGHT / BAND_LINES);
    for (let first = 0; first < all; first += 2) {
      decoder.decode(encoder.encodePlanes(planes(encoder, 2, format), COLORS, { first, end: Math.min(first + 2, all) }));
      if (first === 0) assert.notEqual(sumOf(decoder), wanted(2, format));
    }
    assert.equal(sumOf(decoder), wanted(2, format));
    assert.equal(encoder.encodePlanes(planes(encoder, 2, format), COLORS), null);
  });

  test(`what is beside a band stays to the line (${format})`, () => {
    const [encoder, decoder] = [Encoder.create(code), new Decoder(zstd)];
    decoder.decode(encoder.encodePlanes(planes(encoder, 0, format), COLORS));
    decoder.decode(encoder.encodePlanes(planes(encoder, 2, format), COLORS, { first: 2, end: 4 }));
    assert.equal(sumOf(decoder), wanted(2, format, [2 * BAND_LINES, 4 * BAND_LINES]));
  });

  test(`bands of a key begin with nothing (${format})`, () => {
    const [encoder, decoder] = [Encoder.create(code), new Decoder(zstd)];
    encoder.encodePlanes(planes(encoder, 1, format), COLORS);
    encoder.keyPicture();
    decoder.decode(encoder.encodePlanes(planes(encoder, 2, format), COLORS, { first: 1, end: 2 }));
    decoder.decode(encoder.encodePlanes(planes(encoder, 3, format), COLORS));
    assert.equal(sumOf(decoder), wanted(3, format));
  });
}

test("a picture that is owed is written although nothing changed", () => {
  const [encoder, decoder] = [Encoder.create(code), new Decoder(zstd)];
  decoder.decode(encoder.encodePlanes(planes(encoder, 1, "I420"), COLORS));
  encoder.owePicture();
  const packet = encoder.encodePlanes(planes(encoder, 1, "I420"), COLORS);
  assert.ok(packet !== null && packet.length < 30);
  decoder.decode(packet);
  assert.equal(sumOf(decoder), wanted(1, "I420"));
  assert.equal(encoder.encodePlanes(planes(encoder, 1, "I420"), COLORS), null);
});
