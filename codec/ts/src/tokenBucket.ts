/** How much of something is let through (codec/token_bucket.py): so much at once, and so much a second after that. */

/** `burst` at once, and `perSecond` from then on. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

/** What is left of a rate. `now` is in seconds of a steady clock; without one, time begins with the first call. */
export class Bucket {
  private left: number;

  constructor(
    private readonly rate: Rate,
    private at?: number,
  ) {
    this.left = rate.burst;
  }

  /** Take so much. False where there is less left: then nothing is taken. */
  take(amount: number, now: number): boolean {
    this.fill(now);
    if (amount > this.left) return false;
    this.left -= amount;
    return true;
  }

  /** Return in how many seconds so much will be left, 0 where it is. */
  wait(amount: number, now: number): number {
    this.fill(now);
    return Math.max(0, (amount - this.left) / this.rate.perSecond);
  }

  /** Give so much back, never beyond the burst. */
  add(amount: number): void {
    this.left = Math.min(this.rate.burst, this.left + amount);
  }

  private fill(now: number): void {
    if (this.at !== undefined) this.add(Math.max(0, now - this.at) * this.rate.perSecond);
    this.at = this.at === undefined ? now : Math.max(this.at, now);
  }
}
