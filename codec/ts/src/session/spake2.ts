/**
 * SPAKE2 (RFC 9382) over the group of Ed25519, byte for byte as the `spake2` package that Python's half uses.
 *
 * Two people who share a secret get the same key; one guess of it is all that an attempt gives to anybody else. Scalars
 * go through noble's constant-time multiplication, as far as an engine for JavaScript keeps to one time.
 */

import { ed25519 } from "@noble/curves/ed25519.js";
import { bytesToNumberBE, concatBytes, equalBytes } from "@noble/curves/utils.js";
import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { DesksideError } from "../errors.ts";
import { SPAKE_BYTES, SPAKE_RANDOM_BYTES } from "./handshake.gen.ts";

const Point = ed25519.Point;
const ORDER = Point.Fn.ORDER;
/** Points of which nobody knows the logarithm: they hide each side's own point behind the secret. */
const M = Point.fromHex("15cfd18e385952982b6a8f8c7854963b58e34388c8e6dae891db756481a02312");
const N = Point.fromHex("f04f2e7eb734b2a8f8b472eaf9c3c632576ac64aea650b496a8a20ff00e583c3");
/** More than the order needs, so that what remains of it is uniform. */
const PASSWORD_BYTES = 48;
const utf8 = new TextEncoder();

/** The letter that goes before a side's point. */
export type Side = "A" | "B";

/** The other end's message is no point of the group in its one encoding, or our own. No key follows from it. */
export class BadPointError extends DesksideError {
  override name = "BadPointError";
}

/** One side of one exchange: `start` says what to send, `finish` takes what the other side sent. */
export class Spake2 {
  private readonly password: bigint;
  private readonly scalar: bigint;
  private readonly ours: Uint8Array;

  /**
   * `idA` and `idB` name the two ends; `randomness` is SPAKE_RANDOM_BYTES fresh random bytes, good for this exchange
   * only. Throws RangeError for another number of them, and for those that are a multiple of the group's order.
   */
  constructor(
    private readonly side: Side,
    private readonly secret: Uint8Array,
    private readonly idA: Uint8Array,
    private readonly idB: Uint8Array,
    randomness: Uint8Array,
  ) {
    if (randomness.length !== SPAKE_RANDOM_BYTES) {
      throw new RangeError(`an exchange takes ${SPAKE_RANDOM_BYTES} random bytes, not ${randomness.length}`);
    }
    const oversized = hkdf(sha256, secret, new Uint8Array(0), utf8.encode("SPAKE2 pw"), PASSWORD_BYTES);
    this.password = bytesToNumberBE(oversized) % ORDER;
    this.scalar = bytesToNumberBE(randomness) % ORDER;
    const blinding = (side === "A" ? M : N).multiply(this.password);
    this.ours = Point.BASE.multiply(this.scalar).add(blinding).toBytes();
  }

  /** Return what the other side must hear: our letter and a point. */
  start(): Uint8Array {
    return concatBytes(utf8.encode(this.side), this.ours);
  }

  /** Return the key, 32 bytes, which the other side has too if its secret is ours. Throws BadPointError. */
  finish(message: Uint8Array): Uint8Array {
    const [point, theirs] = this.read(message);
    const unblinding = (this.side === "A" ? N : M).multiply(ORDER - this.password);
    const shared = point.add(unblinding).multiply(this.scalar).toBytes();
    const [x, y] = this.side === "A" ? [this.ours, theirs] : [theirs, this.ours];
    return sha256(concatBytes(sha256(this.secret), sha256(this.idA), sha256(this.idB), x, y, shared));
  }

  private read(message: Uint8Array): [InstanceType<typeof Point>, Uint8Array] {
    const letter = this.side === "A" ? "B" : "A";
    if (message.length !== SPAKE_BYTES || message[0] !== letter.charCodeAt(0)) {
      throw new BadPointError("this is not the other side's message");
    }
    const encoded = message.slice(1);
    const point = decoded(encoded);
    // A point beside the subgroup would tell its sender something of our scalar; noble's decoding refuses what is not
    // canonical, but the neutral element and those of a low order have an encoding like others.
    if (point === undefined || point.is0() || !point.isTorsionFree() || equalBytes(encoded, this.ours)) {
      throw new BadPointError("this point is outside the group, or our own");
    }
    return [point, encoded];
  }
}

function decoded(bytes: Uint8Array): InstanceType<typeof Point> | undefined {
  try {
    return Point.fromBytes(bytes);
  } catch {
    return undefined;
  }
}
