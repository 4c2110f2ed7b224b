/**
 * How two strangers agree on a key although the relay between them may lie. Both ends; as codec/session/handshake.py,
 * which says why it is as it is, and PROTOCOL.md, which says what an attacker can still do.
 *
 * Nothing here touches a socket, a clock or a source of chance: steps are bytes that any courier may carry.
 */

import { x25519 } from "@noble/curves/ed25519.js";
import { concatBytes, equalBytes } from "@noble/curves/utils.js";
import { sha256 } from "@noble/hashes/sha2.js";
import type { Role } from "../wire/roles.gen.ts";
import {
  ANSWERS_BYTES,
  COMMITMENT_BYTES,
  HANDSHAKE_VERSION,
  NONCE_BYTES,
  PROOF_BYTES,
  PUBLIC_BYTES,
  RANDOM_BYTES,
  SPAKE_BYTES,
} from "./handshake.gen.ts";
import { sasWords } from "./sas.ts";
import { derive } from "./seal.ts";
import { BadPointError, Spake2 } from "./spake2.ts";
import {
  type Commit,
  type Confirm,
  HandshakeError,
  type How,
  packed,
  packStep,
  parseStep,
  type Reveal,
  type Share,
  type Step,
} from "./steps.ts";

export { AGAIN, RANDOM_BYTES } from "./handshake.gen.ts";
export { HandshakeError, type HandshakeProblem, type How } from "./steps.ts";

const NOTHING: Uint8Array = new Uint8Array(0);
const utf8 = new TextEncoder();

/** What both ends hold afterwards: the session's root key, and how far to trust who is at the other end. */
export interface Agreement {
  readonly root: Uint8Array;
  readonly how: How;
  readonly words: readonly string[];
}

/**
 * One end of one attempt.
 *
 * The console calls `start` and sends what it returns; then both call `receive` for every step that arrives and send
 * what that returns. `agreement` is set once this end has seen the other's proof. Any HandshakeError is final.
 */
export class Handshake {
  private agreed: Agreement | undefined;
  private readonly how: How;
  private readonly privateKey: Uint8Array;
  private readonly publicKey: Uint8Array;
  private readonly nonce: Uint8Array;
  private readonly spake: Spake2 | undefined;
  private readonly spakeMessage: Uint8Array;
  private readonly transcript = sha256.create();
  private commitment = NOTHING;
  private root = NOTHING;
  private expected: Step["kind"] | undefined;
  private commit: Uint8Array | undefined;
  private heard: Uint8Array | undefined;
  private said: Uint8Array | undefined;

  /**
   * `secret` is undefined where the two people share none; `randomness` must be RANDOM_BYTES fresh random bytes, good
   * for this attempt only. Throws RangeError for another number of them, and for a secret with half a character in it,
   * which has no bytes in UTF-8. A secret is taken as it is: é as one character and as two are two secrets.
   */
  constructor(
    private readonly role: Role,
    session: string,
    secret: string | undefined,
    randomness: Uint8Array,
  ) {
    if (randomness.length !== RANDOM_BYTES) {
      throw new RangeError(`a handshake takes ${RANDOM_BYTES} random bytes, not ${randomness.length}`);
    }
    this.how = secret === undefined ? "words" : "secret";
    this.privateKey = randomness.slice(0, PUBLIC_BYTES);
    this.publicKey = x25519.getPublicKey(this.privateKey);
    this.nonce = randomness.slice(PUBLIC_BYTES, PUBLIC_BYTES + NONCE_BYTES);
    const rest = randomness.slice(PUBLIC_BYTES + NONCE_BYTES);
    this.spake = secret === undefined ? undefined : spakeOf(role, session, secret, rest);
    this.spakeMessage = this.spake?.start() ?? NOTHING;
    this.transcript.update(utf8.encode("deskside handshake\0")).update(packed([HANDSHAKE_VERSION, session, this.how]));
    this.expected = role === "applet" ? "commit" : "share";
  }

  /** What both ends agreed on, once this end has seen the other's proof. */
  get agreement(): Agreement | undefined {
    return this.agreed;
  }

  /**
   * Whether the other end has, or may have, our proof while we have not seen a valid one of theirs.
   *
   * An attempt that is given up in this state has told the other end whether its guess of the secret was right: it
   * counts as a guess. Only the console can be in it.
   */
  get proofIsOut(): boolean {
    return this.role === "console" && this.expected === "confirm";
  }

  /** Return the console's first step. Throws RangeError for an applet: it only answers. */
  start(): Uint8Array {
    if (this.role !== "console") throw new RangeError("the console starts the handshake");
    this.commitment = commitmentTo(this.publicKey, this.nonce, this.spakeMessage);
    this.said = this.say({
      kind: "commit",
      version: HANDSHAKE_VERSION,
      how: this.how,
      commitment: this.commitment,
    });
    return this.said;
  }

  /** Return our latest step again, for a courier that may have lost it; undefined before there is one. */
  resend(): Uint8Array | undefined {
    return this.said;
  }

  /** Whether `commit` is the commit that this attempt of an applet answered, byte for byte. */
  answers(commit: Uint8Array): boolean {
    return this.commit !== undefined && equalBytes(commit, this.commit);
  }

  /**
   * Take the other end's next step; return ours, or undefined when there is nothing to say. Throws HandshakeError.
   *
   * A step that was taken before is answered as it was then. Steps that answer another attempt are passed over.
   */
  receive(step: Uint8Array): Uint8Array | undefined {
    if (this.heard !== undefined && equalBytes(step, this.heard)) return this.said;
    if (this.answers(step)) return undefined; // repeated on a slow way, and overtaken by the reveal
    const heard = parseStep(step);
    if (heard.kind === "share" || heard.kind === "confirm") {
      if (!equalBytes(heard.answers, this.ownAnswers)) return undefined;
      // Only the first share of an attempt gets a reveal, so that one attempt is one guess.
      if (heard.kind === "share" && this.expected !== "share") return undefined;
    }
    if (heard.kind !== this.expected) throw new HandshakeError("malformed");
    const taken = new Uint8Array(step); // the courier may use its buffer again
    this.said = this.take(heard, taken);
    this.heard = taken;
    return this.said;
  }

  private take(heard: Step, step: Uint8Array): Uint8Array | undefined {
    switch (heard.kind) {
      case "commit":
        return this.answerCommit(heard, step);
      case "share":
        return this.answerShare(heard, step);
      case "reveal":
        return this.answerReveal(heard);
      case "confirm":
        return this.takeConfirm(heard);
    }
  }

  private answerCommit(commit: Commit, step: Uint8Array): Uint8Array {
    this.requireSame(commit);
    requireLengths([commit.commitment, COMMITMENT_BYTES]);
    this.commitment = commit.commitment.slice();
    this.commit = step;
    this.transcript.update(step);
    this.expected = "reveal";
    return this.say({
      kind: "share",
      version: HANDSHAKE_VERSION,
      how: this.how,
      public: this.publicKey,
      nonce: this.nonce,
      spake: this.spakeMessage,
      answers: this.ownAnswers,
    });
  }

  private answerShare(share: Share, step: Uint8Array): Uint8Array {
    this.requireSame(share);
    this.requireRevealLengths(share);
    this.transcript.update(step);
    this.root = this.agree(share);
    this.expected = "confirm";
    return packStep({
      kind: "reveal",
      public: this.publicKey,
      nonce: this.nonce,
      spake: this.spakeMessage,
      proof: this.proofOf("console"),
    });
  }

  private answerReveal(reveal: Reveal): Uint8Array {
    this.requireRevealLengths(reveal);
    const expected = commitmentTo(reveal.public, reveal.nonce, reveal.spake);
    if (!equalBytes(this.commitment, expected)) throw new HandshakeError("changed_on_the_way");
    this.root = this.agree(reveal);
    this.check("console", reveal.proof);
    this.conclude();
    return packStep({ kind: "confirm", proof: this.proofOf("applet"), answers: this.ownAnswers });
  }

  private takeConfirm(confirm: Confirm): undefined {
    this.check("applet", confirm.proof);
    this.conclude();
  }

  private get ownAnswers(): Uint8Array {
    return this.commitment.slice(0, ANSWERS_BYTES);
  }

  private say(step: Commit | Share): Uint8Array {
    const said = packStep(step);
    this.transcript.update(said);
    return said;
  }

  /** Return the root key. The reveal needs no place in the transcript: the commitment there stands for it. */
  private agree(theirs: Share | Reveal): Uint8Array {
    const keys = concatBytes(sharedKey(this.privateKey, theirs.public), this.vouched(theirs.spake));
    return derive(keys, "root", this.transcript.clone().digest());
  }

  private vouched(message: Uint8Array): Uint8Array {
    try {
      return this.spake?.finish(message) ?? NOTHING;
    } catch (error) {
      if (error instanceof BadPointError) throw new HandshakeError("malformed");
      throw error;
    }
  }

  private proofOf(role: Role): Uint8Array {
    return derive(this.root, `proof ${role}`, NOTHING, PROOF_BYTES);
  }

  private check(role: Role, proof: Uint8Array): void {
    requireLengths([proof, PROOF_BYTES]);
    if (equalBytes(proof, this.proofOf(role))) return;
    throw new HandshakeError(this.spake === undefined ? "changed_on_the_way" : "secrets_differ");
  }

  private requireSame({ version, how }: Commit | Share): void {
    if (version !== HANDSHAKE_VERSION) throw new HandshakeError("malformed");
    if (how !== this.how) throw new HandshakeError("secrets_differ");
  }

  private requireRevealLengths(theirs: Share | Reveal): void {
    const spakeBytes = this.how === "secret" ? SPAKE_BYTES : 0;
    requireLengths([theirs.public, PUBLIC_BYTES], [theirs.nonce, NONCE_BYTES], [theirs.spake, spakeBytes]);
  }

  private conclude(): void {
    this.expected = undefined;
    this.agreed = { root: this.root, how: this.how, words: sasWords(derive(this.root, "words")) };
  }
}

/** Bind every field that the reveal carries, unambiguously encoded. */
function commitmentTo(publicKey: Uint8Array, nonce: Uint8Array, spake: Uint8Array): Uint8Array {
  return sha256(concatBytes(utf8.encode("deskside commitment 2\0"), packed([publicKey, nonce, spake])));
}

/** X25519, whose result is refused where it is nothing but zeros: the other end's key was one of a low order. */
function sharedKey(privateKey: Uint8Array, publicKey: Uint8Array): Uint8Array {
  try {
    return x25519.getSharedSecret(privateKey, publicKey);
  } catch {
    throw new HandshakeError("malformed");
  }
}

function spakeOf(role: Role, session: string, secret: string, randomness: Uint8Array): Spake2 {
  if (/\p{Surrogate}/u.test(secret)) throw new RangeError("half a character cannot be part of a secret");
  const ends = [utf8.encode(`deskside console ${session}`), utf8.encode(`deskside applet ${session}`)] as const;
  return new Spake2(role === "console" ? "A" : "B", utf8.encode(secret), ...ends, randomness);
}

function requireLengths(...fields: readonly (readonly [Uint8Array, number])[]): void {
  if (fields.some(([field, length]) => field.length !== length)) throw new HandshakeError("malformed");
}
