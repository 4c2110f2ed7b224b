/**
 * The applet's end of every handshake of one session: which attempt a step belongs to, and how many there may be. As
 * codec/session/responder.py.
 *
 * A console that was restarted, or another one that takes the session over, begins with a new commit. Lost steps do not
 * need one: they are repeated and answered with the same bytes. So a handful of attempts serves every honest session,
 * and each attempt beyond the first is shown to the person here.
 */

import { HANDSHAKE_VERSION } from "./handshake.gen.ts";
import { type Agreement, Handshake, HandshakeError } from "./handshake.ts";
import { ATTEMPTS } from "./responder.gen.ts";
import { parseStep } from "./steps.ts";

/** Answers the console's steps. */
export class Responder {
  private begun = 0;
  private latest: Agreement | undefined;
  private handshake: Handshake | undefined;
  private takesWords = false;

  /** `randomness` returns RANDOM_BYTES fresh random bytes at each call. */
  constructor(
    private readonly session: string,
    private secret: string | undefined,
    private readonly randomness: () => Uint8Array,
  ) {}

  /** How many handshakes have begun so far. */
  get attempt(): number {
    return this.begun;
  }

  /** The latest agreement that was made. */
  get agreement(): Agreement | undefined {
    return this.latest;
  }

  /** Whether an attempt is under way here, or has come to an agreement: its steps are known. */
  get isAnswering(): boolean {
    return this.handshake !== undefined;
  }

  /**
   * Whether this step begins a handshake over a secret, and we were given none. Throws HandshakeError.
   *
   * Nothing has been proven to either side then, so it is no guess: the person can still be asked for the secret.
   */
  lacksSecret(step: Uint8Array): boolean {
    if (this.secret !== undefined || this.latest !== undefined) return false;
    const commit = parseStep(step);
    return commit.kind === "commit" && commit.version === HANDSHAKE_VERSION && commit.how === "secret";
  }

  /** The person has the secret after all: attempts from now on are over it. */
  give(secret: string): void {
    this.secret = secret;
    this.takesWords = false;
  }

  /** Another console may take over, which has no secret: attempts may be by words from now on. */
  handOver(): void {
    this.takesWords = true;
  }

  /** The attempt that is under way, or has come to an agreement, counts no more: its steps are unknown. */
  forget(): void {
    this.handshake = undefined;
  }

  /**
   * Take the console's next step; return ours, or undefined when there is nothing to say.
   *
   * Throws HandshakeError: this attempt is over. After "too_many_attempts" every further commit throws it again.
   */
  receive(step: Uint8Array): Uint8Array | undefined {
    let said: Uint8Array | undefined;
    try {
      if (this.begins(step)) this.begin(step);
      if (this.handshake === undefined) return undefined; // a step of an attempt that is over
      said = this.handshake.receive(step);
    } catch (error) {
      this.handshake = undefined;
      throw error;
    }
    this.latest = this.handshake.agreement ?? this.latest;
    return said;
  }

  private begins(step: Uint8Array): boolean {
    const known = this.handshake?.answers(step) ?? false;
    return !known && parseStep(step).kind === "commit";
  }

  private begin(step: Uint8Array): void {
    if (this.begun >= ATTEMPTS) throw new HandshakeError("too_many_attempts");
    this.begun += 1;
    const commit = parseStep(step);
    const isByWords = this.takesWords && commit.kind === "commit" && commit.how === "words";
    const secret = isByWords ? undefined : this.secret;
    this.handshake = new Handshake("applet", this.session, secret, this.randomness());
  }
}
