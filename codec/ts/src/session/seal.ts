/**
 * Frames that only the other end can read: ChaCha20-Poly1305 with a counter for a nonce (RFC 8439). As codec/session/seal.py.
 *
 * A link delivers frames in order and exactly once, so the nonce never travels: both ends count. A frame that was
 * changed, dropped, repeated or moved by anyone in between does not open, and the link that carried it is finished.
 */

import { chacha20poly1305 } from "@noble/ciphers/chacha.js";
import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { DesksideError } from "../errors.ts";
import { KEY_BYTES } from "./seal.gen.ts";

export { SEAL_OVERHEAD } from "./seal.gen.ts";

const NONCE_BYTES = 12;
const NOTHING: Uint8Array = new Uint8Array(0);
const utf8 = new TextEncoder();

/** A frame was altered or is out of order on its way. This connection is closed; Deskside makes a new one. */
export class SealBrokenError extends DesksideError {
  override name = "SealBrokenError";
}

/** Derive `length` bytes for one purpose from `key` (HKDF-SHA256, RFC 5869); `context` goes in as the salt. */
export function derive(key: Uint8Array, purpose: string, context = NOTHING, length: number = KEY_BYTES): Uint8Array {
  return hkdf(sha256, key, context, utf8.encode(`deskside ${purpose}`), length);
}

/** One direction of one link. The sending end calls `close`, the receiving end `open`, each in frame order. */
export class Seal {
  private count = 0n;

  /** Throws RangeError where the key has not KEY_BYTES. */
  constructor(private readonly key: Uint8Array) {
    if (key.length !== KEY_BYTES) throw new RangeError(`a seal's key has ${KEY_BYTES} bytes, not ${key.length}`);
  }

  /** Return `frame` sealed: SEAL_OVERHEAD bytes longer, readable by the other end only. */
  close(frame: Uint8Array): Uint8Array {
    return chacha20poly1305(this.key, this.nextNonce()).encrypt(frame);
  }

  /** Return the frame inside `sealed`. Throws SealBrokenError; the link must then be dropped. */
  open(sealed: Uint8Array): Uint8Array {
    const cipher = chacha20poly1305(this.key, this.nextNonce());
    try {
      return cipher.decrypt(sealed);
    } catch {
      throw new SealBrokenError("a frame was altered or is out of order on its way");
    }
  }

  private nextNonce(): Uint8Array {
    const nonce = new Uint8Array(NONCE_BYTES);
    new DataView(nonce.buffer).setBigUint64(0, this.count, true);
    this.count += 1n;
    return nonce;
  }
}

/** Both directions of one link, seen from one end. */
export interface SealPair {
  readonly outgoing: Seal;
  readonly incoming: Seal;
}
