/** The page's encoder, which stays and answers: pictures come in by a pipe, packets go out (tests/support/encoders.py). */

import { readFileSync, readSync, writeSync } from "node:fs";
import { fileURLToPath } from "node:url";

const { BadFrameError, Encoder } = await import(`${process.env.CODEC}/picture/encoder.js`);
const module = await WebAssembly.compile(readFileSync(fileURLToPath(import.meta.resolve("@deskside/codec/encoder.wasm"))));
const HEAD_BYTES = 28;
const [NOTHING, BAD_FRAME] = [0, -1];
let encoder = Encoder.create(module);

/** Read so many bytes, or undefined where the pipe has ended. */
function read(bytes) {
  const all = new Uint8Array(bytes);
  for (let at = 0; at < bytes; ) {
    const more = readSync(0, all, at, bytes - at);
    if (more === 0) return undefined;
    at += more;
  }
  return all;
}

function write(all) {
  for (let at = 0; at < all.length; ) at += writeSync(1, all, at);
}

/** Encode planes, given one after the other without room between their lines. */
function encodePlanes({ width, height, isInterleaved, colors }, data) {
  const buffer = encoder.planeBuffer(width, height, isInterleaved ? "NV12" : "I420");
  buffer.data.fill(85); // whatever a browser leaves between and behind the lines
  const [across, down] = [(width + 1) >> 1, (height + 1) >> 1];
  let from = 0;
  for (const [place, { offset, stride }] of buffer.layout.entries()) {
    const [columns, rows] = place === 0 ? [width, height] : [isInterleaved ? 2 * across : across, down];
    for (let y = 0; y < rows; y += 1, from += columns) {
      buffer.data.set(data.subarray(from, from + columns), offset + y * stride);
    }
  }
  const began = process.hrtime.bigint();
  const packet = encoder.encodePlanes(buffer, colors);
  return [packet, began];
}

/** Return the picture, in the encoder's own memory where that is asked for. */
function frameOf({ width, height, stride, isRgb, inPlace }, data) {
  const format = isRgb ? "RGBX" : "BGRX";
  if (!inPlace) return { data, stride, width, height, format };
  const buffer = encoder.frameBuffer(width, height);
  for (let y = 0; y < height; y += 1) buffer.data.set(data.subarray(y * stride, y * stride + 4 * width), y * buffer.stride);
  return { ...buffer, width, height, format };
}

for (let head = read(HEAD_BYTES); head !== undefined; head = read(HEAD_BYTES)) {
  const [width, height, stride, bytes, flags, version, begins] = new Uint32Array(head.buffer);
  const data = read(bytes);
  if (begins) encoder = Encoder.create(module);
  if (flags & 2) encoder.keyPicture();
  let packet = null;
  let length = NOTHING;
  let nanoseconds = 0;
  try {
    let began;
    if (flags & 8) {
      const colors = { matrix: version, fullRange: (flags & 32) !== 0 };
      [packet, began] = encodePlanes({ width, height, isInterleaved: (flags & 16) !== 0, colors }, data);
    } else {
      const frame = frameOf({ width, height, stride, isRgb: flags & 1, inPlace: flags & 4 }, data);
      began = process.hrtime.bigint();
      packet = encoder.encode(frame, { version });
    }
    nanoseconds = Number(process.hrtime.bigint() - began);
    length = packet === null ? NOTHING : packet.length;
  } catch (error) {
    if (!(error instanceof BadFrameError)) throw error;
    length = BAD_FRAME;
  }
  write(new Uint8Array(new Int32Array([length, nanoseconds]).buffer));
  if (packet !== null) write(packet);
}
