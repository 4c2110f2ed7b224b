/** How long to wait before the next try (codec/backoff.py): a span that grows, and each wait drawn from all of it. */

import { GROWTH, MOST_STEPS } from "./backoff.gen.ts";

/** Waits between tries that fail, at most `last` seconds; `chance` gives numbers in [0, 1). */
export class Retries {
  private failed = 0;

  constructor(
    private readonly first: number,
    private readonly last: number,
    private readonly chance: () => number = Math.random,
  ) {}

  /**
   * Return how many seconds to wait; `asked` are those that the other end wants at least.
   *
   * Beyond these the wait is at most `most`, for who has a reason to come back sooner than the others.
   */
  wait(asked = 0, most = Number.POSITIVE_INFINITY): number {
    const span = Math.min(this.last, most, this.first * GROWTH ** Math.min(this.failed, MOST_STEPS));
    this.failed++;
    return asked + Math.max(span, asked / 2) * this.chance();
  }

  /** The last try went well: the next wait is short again. */
  succeeded(): void {
    this.failed = 0;
  }
}
