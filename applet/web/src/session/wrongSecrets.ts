/** How often a code's secret did not fit here, as applet/session/wrong_secrets.py, which says why. Pure. */

import { SECRET_GUESSES } from "@deskside/codec/session/responder.gen";
import type { WrongSecret } from "../wire/page.ts";
import { KEPT_SECONDS, MAX_CODES } from "./wrongSecrets.gen.ts";

/** The codes whose secret did not fit. `keep` is given all of them after each change. Times are milliseconds. */
export class WrongSecrets {
  private codes: Map<string, WrongSecret>;

  constructor(
    private readonly keep: (codes: WrongSecret[]) => void,
    known: Iterable<WrongSecret> = [],
  ) {
    this.codes = new Map([...known].map((each) => [each.code, each]));
  }

  /** The secret of a code did not fit. */
  missed(code: string, now: number): void {
    this.codes.set(code, { code, times: this.fresh(code, now) + 1, at: now });
    const newest = [...this.codes.values()].sort((one, other) => one.at - other.at).slice(-MAX_CODES);
    this.codes = new Map(newest.filter((each) => isFresh(each, now)).map((each) => [each.code, each]));
    this.keep([...this.codes.values()]);
  }

  /** Whether the code may not be tried again. */
  isUsedUp(code: string, now: number): boolean {
    return this.fresh(code, now) >= SECRET_GUESSES;
  }

  private fresh(code: string, now: number): number {
    const known = this.codes.get(code);
    return known !== undefined && isFresh(known, now) ? known.times : 0;
  }
}

function isFresh(known: WrongSecret, now: number): boolean {
  return now - known.at <= KEPT_SECONDS * 1000;
}
