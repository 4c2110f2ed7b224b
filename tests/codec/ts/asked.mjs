/** What Python asks of the TypeScript half of codec, a line of JSON for each question (tests/support/node.py). */

import { answering } from "./answering.mjs";
import { Conversation } from "./conversation.mjs";
import { bytes, hex } from "./golden.mjs";

const { Retries } = await import(`${process.env.CODEC}/backoff.js`);
const { Bucket } = await import(`${process.env.CODEC}/tokenBucket.js`);
const { Lines } = await import(`${process.env.CODEC}/session/lines.js`);
const { Pace } = await import(`${process.env.CODEC}/picture/rate/pacing.js`);
const { split } = await import(`${process.env.CODEC}/wire/pins.js`);
const { pack, unpack } = await import(`${process.env.CODEC}/wire/peerMessages.js`);

await answering({
  /** Carry out the steps of a conversation. */
  conversation: (steps) => {
    const conversation = new Conversation();
    return steps.map((step) => conversation.take(step));
  },
  /** Read each of these messages: what it says, or the name of why it is refused. */
  unpack: (packed) =>
    packed.map((each) => {
      try {
        return plain(unpack(bytes(each)));
      } catch (error) {
        return error.name;
      }
    }),
  /** What a bucket says to each call, a method's name and what it is given. */
  bucket: (rate, at, calls) => {
    const bucket = new Bucket(rate, at ?? undefined);
    return calls.map(([method, ...about]) => bucket[method](...about) ?? null);
  },
  /** What lines hand over to their stream at each call, and how many are left; what is known of the stream comes first. */
  lines: (calls) => {
    const lines = new Lines(0);
    let [sent, stream] = [[], null];
    return calls.map(([kind, confirmed, method, ...about]) => {
      sent = [];
      if (method === "use") {
        let queued = 0;
        const send = (_lane, line) => {
          queued += 1;
          sent.push(hex(line));
        };
        stream = { kind, send, queued: () => queued, confirmed: () => 0 };
        lines.use(stream);
      } else {
        const known = Math.min(confirmed, stream.queued());
        Object.assign(stream, { kind, confirmed: () => known });
        if (method === "add") lines.add(bytes(about[0]), about[1]);
        else lines[method](...about);
      }
      return [sent, lines.length];
    });
  },
  /** The same of waits between tries. */
  retries: (first, last, chances, calls) => {
    const retries = new Retries(first, last, () => chances.shift());
    return calls.map(([method, ...about]) => retries[method](...about) ?? null);
  },
  /** The same of a picture's pace, and what the line is taken for in the end. */
  pace: (calls) => {
    const pace = new Pace();
    return [...calls.map(([method, ...about]) => pace[method](...about) ?? null), pace.bytesPerSecond];
  },
  /** The PIN and the secret that each of these begins with, null where it is cut short. */
  pins: (digits) => digits.map((each) => split(each)),
  /** Read each of these messages and write it again. */
  repack: (packed) => packed.map((each) => hex(pack(unpack(bytes(each))))),
});

/** Bytes and what is no number cannot be in JSON. */
function plain(value) {
  return JSON.parse(JSON.stringify(value, (_key, each) => (each instanceof Uint8Array ? { hex: hex(each) } : each)));
}
