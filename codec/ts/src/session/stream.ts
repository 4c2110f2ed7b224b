/**
 * A numbered, acknowledged stream of messages that outlives the link it travels on (codec/session/stream.py).
 *
 * Frames, and why there is one way to cut a message, are told there. Time does not occur here.
 */

import { concatBytes } from "@noble/curves/utils.js";
import { DesksideError } from "../errors.ts";
import { CHUNK_BYTES, LANES, type Lane, type LaneLimits, type Limits, USUAL_LIMITS } from "./lanes.ts";
import { ACK, ACKNOWLEDGE_CHUNKS, DATA, DATA_HEAD_BYTES } from "./stream.gen.ts";

export { ACK, DATA, DATA_HEAD_BYTES } from "./stream.gen.ts";

/** For each lane, the number of the first chunk that has not arrived. */
export type Received = readonly [control: number, picture: number, bulk: number];

export interface Arrived {
  lane: Lane;
  message: Uint8Array;
}

const LAST_BYTE = 2;
const NUMBER_BYTE = 3;
const ACK_BYTES = 1 + 4 * LANES.length;

/** The other end broke the rules of the stream (a gap, a false acknowledgement, an oversized or truncated frame). */
export class StreamBrokenError extends DesksideError {
  override name = "StreamBrokenError";
}

/** The line is too slow: the other end has not confirmed what was sent. Wait, or end the session. */
export class StreamFullError extends DesksideError {
  override name = "StreamFullError";

  constructor(
    message = "The line is too slow: the other end has not confirmed what was sent. Wait, or end the session.",
  ) {
    super(message);
  }
}

class Outgoing {
  /** Number of the oldest kept chunk. */
  first = 0;
  /** Number of the next chunk to write on the present link. */
  sent = 0;
  /** Number of the first chunk that was never written on any link. */
  reached = 0;
  readonly kept: Uint8Array[] = [];
  keptBytes = 0;
  /** Whether the oldest kept chunk goes on with a message that began before it. */
  private isWithin = false;

  constructor(readonly limits: LaneLimits) {}

  get end(): number {
    return this.first + this.kept.length;
  }

  forgetBefore(number: number): void {
    if (number < this.first || number > this.end) {
      throw new StreamBrokenError(`acknowledged chunk ${number}, but ${this.first} to ${this.end} are on their way`);
    }
    for (const chunk of this.kept.splice(0, number - this.first)) {
      this.isWithin = !chunk[LAST_BYTE];
      this.keptBytes -= chunk.length;
    }
    this.first = number;
    this.sent = Math.max(this.sent, this.first);
    this.reached = Math.max(this.reached, this.first);
  }

  /** Whether this chunk goes on with a message that began before it. */
  private goesOn(number: number): boolean {
    return number === this.first ? this.isWithin : !this.kept[number - 1 - this.first]![LAST_BYTE];
  }

  /** Forget whole messages of which nothing was ever written: their numbers go to others. */
  discard(): void {
    let begins = this.reached;
    while (begins < this.end && this.goesOn(begins)) begins++; // a message that has begun is finished
    for (const chunk of this.kept.splice(begins - this.first)) this.keptBytes -= chunk.length;
  }
}

class Incoming {
  expected = 0;
  parts: Uint8Array[] = [];
  partsBytes = 0;

  constructor(readonly limits: LaneLimits) {}

  /** Return a whole message when this chunk completes one. */
  take(number: number, payload: Uint8Array, last: boolean): Uint8Array | null {
    if (number < this.expected) return null; // sent again after a switch, here already
    if (number > this.expected) throw new StreamBrokenError(`chunk ${this.expected} is missing, ${number} came`);
    if (payload.length > CHUNK_BYTES || (payload.length < CHUNK_BYTES && !last)) {
      throw new StreamBrokenError(`a chunk of ${payload.length} bytes: all but the last have ${CHUNK_BYTES}`);
    }
    if (this.partsBytes + payload.length > this.limits.messageBytes) {
      throw new StreamBrokenError(`a message is longer than ${this.limits.messageBytes} bytes`);
    }
    this.partsBytes += payload.length;
    this.expected++;
    this.parts.push(payload);
    if (!last) return null;
    const whole = this.parts.length === 1 ? this.parts[0]! : concatBytes(...this.parts);
    this.parts = [];
    this.partsBytes = 0;
    return whole;
  }
}

/**
 * Both directions of one session's messages.
 *
 * Give it messages (`send`) and arriving frames (`receive`); take frames to write (`nextFrame`) until it has none.
 * When a link takes over, tell the other end `received` and pass what it said to `rewind`.
 */
export class Stream {
  private readonly outgoing: readonly Outgoing[];
  private readonly incoming: readonly Incoming[];
  private owedChunks = 0;
  private acknowledges = false;

  constructor(limits: Limits = USUAL_LIMITS) {
    this.outgoing = LANES.map((lane) => new Outgoing(limits[lane]));
    this.incoming = LANES.map((lane) => new Incoming(limits[lane]));
  }

  /** Queue `message` behind those of its lane. Throws StreamFullError; nothing of the message is queued then. */
  send(lane: Lane, message: Uint8Array): void {
    const out = this.outgoing[lane]!;
    if (message.length > out.limits.messageBytes) {
      throw new StreamFullError(`a message of ${message.length} bytes is too long for this lane`);
    }
    if (out.keptBytes + message.length > out.limits.unacknowledgedBytes) throw new StreamFullError();
    let start = 0;
    do {
      const payload = message.subarray(start, start + CHUNK_BYTES);
      start += CHUNK_BYTES;
      const frame = new Uint8Array(DATA_HEAD_BYTES + payload.length);
      frame[0] = DATA;
      frame[1] = lane;
      frame[LAST_BYTE] = start >= message.length ? 1 : 0;
      view(frame).setUint32(NUMBER_BYTE, out.end, true);
      frame.set(payload, DATA_HEAD_BYTES);
      out.kept.push(frame);
      out.keptBytes += frame.length;
    } while (start < message.length);
  }

  /** Forget what waits on a lane, but for a message that is partly on its way. */
  discard(lane: Lane): void {
    this.outgoing[lane]!.discard();
  }

  /** Return the next frame for the present link: an owed acknowledgement, then the lanes in order. */
  nextFrame(): Uint8Array | null {
    if (this.acknowledges) {
      this.acknowledges = false;
      this.owedChunks = 0;
      return acknowledgement(this.received);
    }
    for (const out of this.outgoing) {
      if (out.sent < Math.min(out.end, out.first + out.limits.aheadChunks)) {
        const frame = out.kept[out.sent - out.first]!;
        out.sent++;
        out.reached = Math.max(out.reached, out.sent);
        return frame;
      }
    }
    return null;
  }

  /** Take one frame and return the message that it completes, if any. Throws StreamBrokenError. */
  receive(frame: Uint8Array): Arrived | null {
    const kind = frame[0] ?? -1;
    if (kind === ACK) {
      this.acknowledged(frame);
      return null;
    }
    if (kind !== DATA || frame.length < DATA_HEAD_BYTES) {
      throw new StreamBrokenError(`a frame of kind ${kind} and ${frame.length} bytes is not of this stream`);
    }
    const [lane, last] = [frame[1]!, frame[LAST_BYTE]!];
    const incoming = this.incoming[lane];
    if (incoming === undefined || last > 1) {
      throw new StreamBrokenError(`there is no lane ${lane}, or a last-chunk mark of ${last}`);
    }
    this.owedChunks++;
    if (this.owedChunks >= ACKNOWLEDGE_CHUNKS) this.acknowledges = true;
    const number = view(frame).getUint32(NUMBER_BYTE, true);
    const message = incoming.take(number, frame.subarray(DATA_HEAD_BYTES), last === 1);
    return message === null ? null : { lane: lane as Lane, message };
  }

  /** What has arrived here, to be told to the other end when a link takes over. */
  get received(): Received {
    const [control, picture, bulk] = this.incoming;
    return [control!.expected, picture!.expected, bulk!.expected];
  }

  /**
   * Go on from what the other end has `received`: the rest is written again on the new link.
   *
   * Throws StreamBrokenError when it claims more than there ever was.
   */
  rewind(received: Received): void {
    for (const [lane, out] of this.outgoing.entries()) {
      // An acknowledgement on the old link may have been faster than this word on the new one.
      out.forgetBefore(Math.max(received[lane]!, out.first));
      out.sent = out.first;
    }
  }

  /** Bytes of `lane` that the other end has not confirmed yet. */
  unacknowledgedBytes(lane: Lane): number {
    return this.outgoing[lane]!.keptBytes;
  }

  /** Return the number of the chunk behind the last one that was queued on `lane`. */
  queued(lane: Lane): number {
    return this.outgoing[lane]!.end;
  }

  /** Return the number of the first chunk on `lane` that the other end has not confirmed. */
  confirmed(lane: Lane): number {
    return this.outgoing[lane]!.first;
  }

  /** Whether something arrived that was not confirmed yet. */
  get owesAcknowledgement(): boolean {
    return this.owedChunks > 0;
  }

  /** Let the next frame confirm what has arrived; call it a moment after the first of a burst. */
  acknowledge(): void {
    this.acknowledges = this.owedChunks > 0;
  }

  private acknowledged(frame: Uint8Array): void {
    if (frame.length !== ACK_BYTES) {
      throw new StreamBrokenError(`an acknowledgement has ${ACK_BYTES} bytes, not ${frame.length}`);
    }
    const numbers = view(frame);
    for (const [lane, out] of this.outgoing.entries()) {
      // On the old link it may come after what the other end said on the new one.
      out.forgetBefore(Math.max(numbers.getUint32(1 + 4 * lane, true), out.first));
    }
  }
}

function acknowledgement(received: Received): Uint8Array {
  const frame = new Uint8Array(ACK_BYTES);
  frame[0] = ACK;
  for (const [lane, number] of received.entries()) view(frame).setUint32(1 + 4 * lane, number, true);
  return frame;
}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
