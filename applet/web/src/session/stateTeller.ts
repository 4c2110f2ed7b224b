/** Tells the page what the customer should see, no faster than it takes it. Pure. */

import type { UiState } from "./uiState.ts";

/**
 * Every change makes a new UiState, and a technician's program can cause thousands of them in a second. The page gets the
 * next one when it has taken the last, and then the newest: what it is given never piles up in front of a press on Stop.
 */
export class StateTeller {
  private newest: UiState | null = null;
  private isTaking = false;

  constructor(private readonly say: (uiState: UiState) => void) {}

  /** Let the page show this, at once or when it can. */
  tell(uiState: UiState): void {
    this.newest = uiState;
    this.next();
  }

  /** The page has taken what it was told. */
  taken(): void {
    this.isTaking = false;
    this.next();
  }

  private next(): void {
    const { newest } = this;
    if (this.isTaking || newest === null) return;
    this.newest = null;
    this.isTaking = true;
    this.say(newest);
  }
}
