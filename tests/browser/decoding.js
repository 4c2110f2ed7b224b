/** What the tests of the page's decoder run in a browser, beside the decoder itself. */

import { BadPacketError, Decoder, decodesVideos, loadZstd, PictureQueue } from "/decoder.js";

const code = await loadZstd();
const bytes = (packet) => Uint8Array.from(atob(packet), (character) => character.charCodeAt(0));

/** The picture's planes, or where there are none its pixels. */
function shown({ planes, pixels }) {
  if (planes === undefined) return pixels;
  const { width, height, luma, lumaStride, cb, cr, chromaStride } = planes;
  const [across, down] = [(width + 1) >> 1, (height + 1) >> 1];
  const lines = (plane, stride, columns, rows) =>
    Array.from({ length: rows }, (_each, y) => plane.subarray(y * stride, y * stride + columns));
  const all = [
    ...lines(luma, lumaStride, width, height),
    ...lines(cb, chromaStride, across, down),
    ...lines(cr, chromaStride, across, down),
  ];
  return new Blob(all).arrayBuffer();
}

async function sum(decoder) {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", await shown(decoder)));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function picture(decoder) {
  const pixels = new Uint8Array(decoder.pixels.buffer);
  let text = "";
  for (let at = 0; at < pixels.length; at += 32768) text += String.fromCharCode(...pixels.subarray(at, at + 32768));
  return btoa(text);
}

/** Decode one after the other; return what `look` makes of each picture, or "bad packet". */
async function each(packets, look) {
  const decoder = new Decoder(code);
  const seen = [];
  for (const packet of packets) {
    try {
      await decoder.decode(bytes(packet));
      seen.push(await look(decoder));
    } catch (error) {
      if (!(error instanceof BadPacketError)) throw error;
      seen.push("bad packet");
    }
  }
  return seen;
}

export const sums = (packets) => each(packets, sum);
/** Nothing of the first `skipped`: a picture is large. */
export const pictures = async (packets, skipped) => {
  let place = 0;
  const look = (decoder) => (place++ < skipped ? null : picture(decoder));
  return (await each(packets, look)).slice(skipped);
};
export const films = decodesVideos;

/** Hand all packets over at once; return what became of each, in the order of the answers, and the last picture. */
export async function atOnce(packets) {
  const decoder = new Decoder(code);
  const paints = [];
  const queue = new PictureQueue(decoder, (areas) => paints.push(areas.length));
  const answers = [];
  await new Promise((done) => {
    packets.forEach((packet, place) => {
      queue.show(bytes(packet), (outcome) => {
        answers.push([place, outcome]);
        if (answers.length === packets.length) done();
      });
    });
  });
  return { answers, painted: paints.length, last: picture(decoder) };
}

/** Give up a picture while its film is decoded, then show others; return what became of all. */
export async function givenUp(before, after) {
  const decoder = new Decoder(code);
  const queue = new PictureQueue(decoder, () => {});
  const show = (packet) => new Promise((done) => queue.show(bytes(packet), done));
  const early = before.map(show);
  queue.forget();
  const late = after.map(show);
  return { outcomes: await Promise.all([...early, ...late]), last: picture(decoder) };
}

/** Paint, onto a picture that was all one colour, only the areas that are said to be dirty; is it the whole picture? */
export function dirtyAreasSuffice(packets) {
  const decoder = new Decoder(code);
  let kept;
  return packets.map((packet) => {
    const areas = decoder.decode(bytes(packet));
    if (kept?.length !== decoder.pixels.length) kept = new Uint32Array(decoder.pixels.length);
    for (const { x, y, width, height } of areas) {
      for (let row = y; row < y + height; row += 1) {
        const at = row * decoder.stride + x;
        kept.set(decoder.pixels.subarray(at, at + width), at);
      }
    }
    for (let row = 0; row < decoder.height; row += 1) {
      for (let x = 0, at = row * decoder.stride; x < decoder.width; x += 1, at += 1) {
        if (kept[at] !== decoder.pixels[at]) return false;
      }
    }
    return true;
  });
}

/** Return the bytes that zstd has after the first whole picture, and after `rounds` of them. */
export function memoryOfKeys(packet, rounds) {
  const decoder = new Decoder(code);
  const sizes = [];
  for (let round = 0; round < rounds; round += 1) {
    decoder.decode(bytes(packet));
    sizes.push(decoder.zstd.code.memory.buffer.byteLength);
  }
  return [sizes[0], sizes.at(-1)];
}

/** Decode each stream with a decoder of its own; count pictures and refusals. Anything else is thrown. */
export async function survive(streams) {
  const count = { shown: 0, refused: 0, slowest: 0 };
  for (const packets of streams) {
    const decoder = new Decoder(code);
    for (const packet of packets) {
      const began = performance.now();
      try {
        await decoder.decode(bytes(packet));
        count.shown += 1;
      } catch (error) {
        if (!(error instanceof BadPacketError)) throw error;
        count.refused += 1;
      }
      count.slowest = Math.max(count.slowest, performance.now() - began);
    }
    decoder.forget();
  }
  return count;
}

/**
 * Decode the whole stream `rounds` times, the first to warm up; return the milliseconds that each packet took to become
 * pixels and then to reach a canvas, each at its best, because other programs take the processor away now and then.
 */
export async function times(packets, rounds) {
  const stream = packets.map(bytes);
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d", { alpha: false });
  const decoder = new Decoder(code);
  const best = stream.map(() => [Infinity, Infinity]);
  for (let round = 0; round <= rounds; round += 1) {
    for (const [place, packet] of stream.entries()) {
      const began = performance.now();
      const answer = decoder.decode(packet);
      const areas = answer instanceof Promise ? await answer : answer;
      const decoded = performance.now();
      if (canvas.width !== decoder.width) [canvas.width, canvas.height] = [decoder.width, decoder.height];
      const image = new ImageData(new Uint8ClampedArray(decoder.pixels.buffer), decoder.stride);
      for (const { x, y, width, height } of areas) context.putImageData(image, 0, 0, x, y, width, height);
      const painted = performance.now();
      if (round === 0) continue;
      best[place] = [Math.min(best[place][0], decoded - began), Math.min(best[place][1], painted - decoded)];
    }
  }
  return best;
}
