/** What a customer's end signs of a recording: heads of its chain. As codec/wire/chain_head.py. */

import { ed25519 } from "@noble/curves/ed25519.js";
import { concatBytes } from "@noble/curves/utils.js";
import { DIGEST_BYTES, KEY_BYTES } from "./chainHead.gen.ts";

export { KEY_BYTES } from "./chainHead.gen.ts";

const HEAD_SIGNED = new TextEncoder().encode("deskside recording head\0");

/**
 * Return what console and applet sign: everything up to link `number`, in one hash (SHA-256). Throws RangeError for a
 * digest of another length, and for a number that is negative or beyond 2⁵³, which JavaScript does not hold exactly.
 */
export function headToSign(number: number, digest: Uint8Array): Uint8Array {
  if (!Number.isSafeInteger(number) || number < 0) throw new RangeError(`${number} is no link's number`);
  if (digest.length !== DIGEST_BYTES) throw new RangeError(`a digest has ${DIGEST_BYTES} bytes, not ${digest.length}`);
  const place = new Uint8Array(8);
  new DataView(place.buffer).setBigUint64(0, BigInt(number), true);
  return concatBytes(HEAD_SIGNED, place, digest);
}

/** A key that signs (Ed25519, RFC 8032), made of KEY_BYTES fresh random bytes. Throws RangeError for another number. */
export class SigningKey {
  /** What others check a signature with, KEY_BYTES. */
  readonly publicKey: Uint8Array;

  constructor(private readonly randomness: Uint8Array) {
    if (randomness.length !== KEY_BYTES)
      throw new RangeError(`a key takes ${KEY_BYTES} bytes, not ${randomness.length}`);
    this.publicKey = ed25519.getPublicKey(randomness);
  }

  /** Return the signature over `statement`, 64 bytes. */
  sign(statement: Uint8Array): Uint8Array {
    return ed25519.sign(statement, this.randomness);
  }
}

/** Whether this is a signature (Ed25519, RFC 8032) over the statement by the owner of the public key (32 bytes). */
export function isSigned(statement: Uint8Array, signature: Uint8Array, key: Uint8Array): boolean {
  try {
    return ed25519.verify(signature, statement, key, { zip215: false });
  } catch {
    return false; // not 64 bytes, or not 32
  }
}
