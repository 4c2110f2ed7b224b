/** Ends of handshakes and seals in TypeScript, for Python to talk with: a line of JSON for each question (tests/support/node.py). */

import { answering } from "./answering.mjs";
import { Ends } from "./ends.mjs";
import { bytes, hex } from "./golden.mjs";

const { derive, Seal, SealBrokenError } = await import(`${process.env.CODEC}/session/seal.js`);
let ends;
let seals;

await answering({
  begin: (setting) => {
    ends = new Ends(setting);
  },
  do: (deed) => ends.do(deed),
  /** Seal and open with keys that follow from a root key, each for one direction. */
  seals: (root, outgoing, incoming) => {
    seals = [outgoing, incoming].map((purpose) => new Seal(derive(bytes(root), purpose)));
  },
  close: (frame) => hex(seals[0].close(bytes(frame))),
  open: (sealed) => {
    try {
      return hex(seals[1].open(bytes(sealed)));
    } catch (error) {
      if (error instanceof SealBrokenError) return null;
      throw error;
    }
  },
});
