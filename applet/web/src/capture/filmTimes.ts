/**
 * When a shared screen is sent as a film: while the line cannot carry what changes. As soon as it rests, or the line can,
 * it is sent exactly again. Pure; times are seconds of any steady clock.
 */

import { LONG_SECONDS } from "./slowLine.ts";

/** An exact picture that takes the line longer than this is not sent. */
const MOST_SECONDS = 1;
/** Nor is one of many that are late, when they have taken so much of the last seconds together. */
const BUSY_SECONDS = 1;
const RECENT_SECONDS = 2;
/** A film that shows hardly anything new for so long rests. */
const REST_SECONDS = 0.3;
/** What takes the line no longer than this, exactly, is no movement: a cursor that blinks, a clock. */
const STILL_SECONDS = 0.04;
/** While a film moves it is tried so often whether the line can carry it exactly. */
const TRY_SECONDS = 2;
/** What rests becomes exact in parts that take the line so long: a film goes on between them if something moves. */
const PART_SECONDS = 0.5;

/** Return how many bytes of what rests are sent at once. */
export function partBytes(bytesPerSecond: number): number {
  return bytesPerSecond * PART_SECONDS;
}

/** Decides for one shared screen. */
export class FilmTimes {
  private long: { at: number; seconds: number }[] = [];
  private movedAt = 0;
  private triedAt = 0;

  /** Whether an exact picture with so many bytes is too much. One that is not is sent. */
  isTooMuch(bytes: number, bytesPerSecond: number, now: number): boolean {
    const seconds = bytes / bytesPerSecond;
    if (seconds < LONG_SECONDS) return false;
    this.long = [...this.long.filter(({ at }) => now - at < RECENT_SECONDS), { at: now, seconds }];
    const together = this.long.reduce((sum, each) => sum + each.seconds, 0);
    return seconds > MOST_SECONDS || (this.long.length > 1 && together > BUSY_SECONDS);
  }

  /** A film begins. */
  begin(now: number): void {
    this.long = [];
    this.movedAt = now;
    this.triedAt = now;
  }

  /** A picture of the film shows so many pixels that are new. */
  filmed(pixels: number, bytesPerSecond: number, now: number): void {
    if (pixels > bytesPerSecond * STILL_SECONDS) this.movedAt = now;
  }

  /** Seconds until it rests, if nothing moves. */
  restsIn(now: number): number {
    return Math.max(0, this.movedAt + REST_SECONDS - now);
  }

  /** Whether it is time to try whether the line can carry what moves. */
  mayTry(now: number): boolean {
    if (now - this.triedAt < TRY_SECONDS) return false;
    this.triedAt = now;
    return true;
  }

  /** Whether a picture with so many bytes, which would end the film, is little enough for that. */
  mayEnd(bytes: number, bytesPerSecond: number): boolean {
    return bytes < bytesPerSecond * LONG_SECONDS;
  }
}
