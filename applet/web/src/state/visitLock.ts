/**
 * Lets one tab at a time take part in a visit. A tab that was duplicated has all that the first one keeps: the two would
 * take the session from each other without end, until it is ended for its many attempts.
 */

import type { WayBack } from "../wire/page.ts";

/** A page that is loaded again waits this long for the one before it to be gone. */
const CLAIM_MILLISECONDS = 2_000;

/** What this tab is in. The browser frees it when the page goes. */
export class VisitLock {
  private leave: (() => void) | null = null;
  private isClaimed = false;

  /** Whether this tab has the visit now, and no other one. True where a browser cannot say. */
  claim({ pin, routing, ticket }: WayBack): Promise<boolean> {
    const locks = navigator.locks as LockManager | undefined;
    if (this.isClaimed || locks === undefined) return Promise.resolve(true);
    this.isClaimed = true;
    return new Promise((resolve) => {
      const held = () => {
        resolve(true);
        return new Promise<void>((leave) => {
          this.leave = leave;
        });
      };
      const signal = AbortSignal.timeout(CLAIM_MILLISECONDS);
      locks.request(`deskside.visit ${pin ?? routing ?? ticket}`, { signal }, held).catch(() => {
        this.isClaimed = false;
        resolve(false);
      });
    });
  }

  /** The visit is over: this tab may begin another one. */
  release(): void {
    this.leave?.();
    this.leave = null;
    this.isClaimed = false;
  }
}
