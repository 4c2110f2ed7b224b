/**
 * When the next picture may leave, as codec/picture/rate/pacing.py, which says how and why: the newest frame wins, and
 * nothing queues. Pure. How large a picture may be is not decided here: a page sends everything exactly.
 */

import {
  CREEP,
  DOWN,
  FIRST_BYTES_PER_SECOND,
  FRAME_SECONDS,
  LATE,
  LATE_SECONDS,
  LEAP,
  LEAST,
  MEMORY_SECONDS,
  MOST,
  SLACK_SECONDS,
  TELLING_SECONDS,
  UP,
} from "./pacing.gen.ts";
import { PACKET_BYTES } from "./pictureBudget.gen.ts";
import { Throughput } from "./throughput.ts";
import { STALL_SECONDS } from "./viewerTime.gen.ts";
import { ViewerTime } from "./viewerTime.ts";

const INSTANT = 1e-6;

/** The pace of one viewer of one display. Times are seconds of any steady clock. */
export class Pace {
  private readonly underWay = new Map<number, { sentAt: number; size: number }>();
  private bytesUnderWay = 0;
  private sentAt = -FRAME_SECONDS;
  private shownAt = Number.NEGATIVE_INFINITY;
  private rate = FIRST_BYTES_PER_SECOND;
  private confirmed = 0;
  private isStalled = false;
  private wasLate = false;
  private readonly shortest = new Shortest();
  private readonly viewer = new ViewerTime();
  readonly throughput = new Throughput();

  /** Bytes that the line carries in a second, as far as that is known. */
  get bytesPerSecond(): number {
    return this.rate;
  }

  /** Whether what the line carries was measured. */
  get isMeasured(): boolean {
    return this.confirmed > 0;
  }

  /** Seconds until the next picture may leave: 0 is now, null is when `shown` has been called again. */
  wait(now: number): number | null {
    if (this.underWay.size > 0 && (this.isFull() || this.isLate(now))) return null;
    return Math.max(0, this.sentAt + FRAME_SECONDS - now);
  }

  /** The picture with this number has left, with so many bytes. */
  sent(number: number, size: number, now: number): void {
    this.underWay.set(number, { sentAt: now, size });
    this.bytesUnderWay += size;
    this.sentAt = now;
  }

  /** Return for how many seconds the oldest picture has been under way and nothing was shown, 0 where none is. */
  waited(now: number): number {
    const [oldest] = this.underWay.values();
    return oldest === undefined ? 0 : now - Math.max(oldest.sentAt, this.shownAt);
  }

  /** The viewer shows this picture, and so every earlier one is done with. Unknown numbers mean nothing. */
  shown(number: number, now: number): void {
    if (!this.underWay.has(number)) return;
    let size = 0;
    for (const [oldest, picture] of this.underWay) {
      this.underWay.delete(oldest);
      size += picture.size;
      if (oldest === number) {
        this.bytesUnderWay -= size;
        this.note(size, picture.sentAt, now);
        return;
      }
    }
  }

  /** Forget what is under way, because the viewer started over. */
  restart(): void {
    this.underWay.clear();
    this.bytesUnderWay = 0;
  }

  private isLate(now: number): boolean {
    const [oldest] = this.underWay.values();
    const expected = this.length() + this.viewer.seconds + this.bytesUnderWay / this.rate;
    return now - Math.max(oldest!.sentAt, this.shownAt) > expected + LATE_SECONDS;
  }

  private isFull(): boolean {
    const takes = Math.max(this.bytesUnderWay / this.rate, this.underWay.size * this.viewer.seconds);
    const isAlone = this.wasLate && this.sentAt >= this.shownAt;
    return isAlone || this.underWay.size > this.confirmed || takes >= this.length() + SLACK_SECONDS;
  }

  private length(): number {
    return Math.max(this.shortest.seconds - this.viewer.seconds, 0);
  }

  private note(size: number, sentAt: number, now: number): void {
    const expected = size / this.rate;
    const viewer = this.viewer.seconds;
    this.confirmed += 1;
    const first = this.confirmed === 1;
    this.shortest.note(now - sentAt, now, first);
    const arrived = sentAt + this.length();
    const wasBusy = this.shownAt >= arrived;
    const took = Math.max(now - Math.max(this.shownAt, arrived), INSTANT);
    this.shownAt = now;
    this.wasLate = took > (expected + viewer) * LATE + LATE_SECONDS;
    this.throughput.note(size, took, now);
    if (first) {
      this.rate = size / took;
    } else {
      this.viewer.note(size, took, this.rate);
      const wasStalled = this.isStalled;
      this.isStalled = took > STALL_SECONDS;
      if (this.isStalled && !wasStalled) {
        this.wasLate = this.underWay.size === 0;
        return;
      }
      const isNothing = expected < TELLING_SECONDS && took < LATE_SECONDS;
      if (isNothing || (expected < viewer && took < viewer * LATE)) return;
      if (wasBusy || took > expected * LATE) {
        const trust = took < expected ? UP : (DOWN * size) / (size + PACKET_BYTES);
        this.rate += trust * (Math.min(size / took, this.rate * LEAP) - this.rate);
      } else if (took < expected) {
        this.rate *= CREEP;
      }
    }
    this.rate = Math.min(Math.max(this.rate, LEAST), MOST);
  }
}

/** The shortest of the round trips of the last MEMORY_SECONDS or a little more. Half of the first, until another. */
class Shortest {
  private now = Number.POSITIVE_INFINITY;
  private before = Number.POSITIVE_INFINITY;
  private since = 0;
  private guess = 0;

  get seconds(): number {
    return this.guess || Math.min(this.now, this.before);
  }

  /** A round trip took so long. The first one is part line, part waiting, and nobody knows which. */
  note(roundTrip: number, now: number, guess: boolean): void {
    this.guess = guess ? roundTrip / 2 : 0;
    if (now - this.since > MEMORY_SECONDS) {
      this.before = this.now;
      this.now = Number.POSITIVE_INFINITY;
      this.since = now;
    }
    this.now = Math.min(this.now, roundTrip);
  }
}
