/**
 * The lines that a person writes, until the other end has confirmed them, at a pace that is no flood to it. As
 * codec/session/lines.py, which says why so many. Pure: times are arguments.
 */

import { Bucket } from "../tokenBucket.ts";
import { Lane } from "../wire/lanes.gen.ts";
import { AHEAD, LAST, MOST_BYTES, PACE } from "./lines.gen.ts";
import type { LinkKind } from "./pathManager.gen.ts";
import { StreamFullError } from "./stream.ts";

/** What carries the lines under one key (links/connection.ts). */
export interface MessageStream {
  /** The kind of link in use, null while there is none. */
  readonly kind: LinkKind | null;
  /** Queue a message. Throws StreamFullError. */
  send(lane: Lane, message: Uint8Array): void;
  /** Return the number of the chunk behind the last one that was queued. */
  queued(lane: Lane): number;
  /** Return the number of the first chunk that the other end has not confirmed. */
  confirmed(lane: Lane): number;
}

/** One person's lines in one session. `now` is in seconds of a steady clock. */
export class Lines {
  private readonly pace: Bucket;
  /** Handed over; each is confirmed with the chunk before this number. */
  private ahead: { until: number; line: Uint8Array }[] = [];
  private waiting: Uint8Array[] = [];
  private bytes = 0;
  private stream: MessageStream | null = null;

  constructor(now: number) {
    this.pace = new Bucket(PACE, now);
    this.pace.take(PACE.burst, now);
  }

  /** How many the other end has not confirmed. */
  get length(): number {
    return this.ahead.length + this.waiting.length;
  }

  /** Say this, behind the others. Throws StreamFullError. */
  add(line: Uint8Array, now: number): void {
    if (this.bytes + line.length > MOST_BYTES) throw new StreamFullError();
    this.waiting.push(line);
    this.bytes += line.length;
    this.handOver(now);
  }

  /** There is a new key, or none any more. What may not have arrived under the one before is said again. */
  use(stream: MessageStream | null): void {
    this.forgetConfirmed();
    this.waiting = [...this.ahead.map(({ line }) => line), ...this.waiting];
    this.ahead = [];
    this.stream = stream;
  }

  /** Hand over what may go now. Call it whenever the other end has said something, and as time passes. */
  handOver(now: number): void {
    this.forgetConfirmed();
    const may = () => this.waiting.length > 0 && this.ahead.length < AHEAD && this.pace.wait(1, now) === 0;
    while (may() && this.sendFirst()) this.pace.take(1, now);
  }

  /** A goodbye follows: hand over what the other end takes at once. The rest is lost with the session. */
  end(): void {
    for (let left = Math.min(LAST, this.waiting.length); left > 0; left--) this.sendFirst();
  }

  /** Hand over the first that waits, where there is a way. */
  private sendFirst(): boolean {
    const { stream } = this;
    const line = this.waiting[0];
    if (stream === null || stream.kind === null || line === undefined) return false;
    try {
      stream.send(Lane.CONTROL, line);
    } catch (error) {
      if (!(error instanceof StreamFullError)) throw error;
      return false;
    }
    this.waiting.shift();
    this.ahead.push({ until: stream.queued(Lane.CONTROL), line });
    return true;
  }

  private forgetConfirmed(): void {
    if (this.ahead.length === 0 || this.stream === null) return;
    const confirmed = this.stream.confirmed(Lane.CONTROL);
    const { ahead } = this;
    while (ahead.length > 0 && ahead[0]!.until <= confirmed) this.bytes -= ahead.shift()!.line.length;
  }
}
