/** What is told of a shown screen every two seconds, to the technician and to the customer. Loaded when the first one is due. */

import { type CustomersCause, customersCause, factsOf } from "@deskside/codec/session/diagnosis";
import type { Stats } from "@deskside/codec/wire/messages.gen";

/** The first pictures load what they need. */
const ENOUGH = 5;

/** What was measured of the pictures so far, in seconds. */
export interface Measured {
  /** What reading and encoding the last of them took. */
  took: readonly number[];
  /** For so long the oldest picture under way has not been shown. */
  waited: number;
  bytesPerSecond: number | null;
}

/** Return what the technician is told, and what the customer is. As applet/screen/screen_share.py. */
export function told({ took, waited, bytesPerSecond }: Measured): [Stats, CustomersCause | null] {
  const sorted = [...took].sort((one, other) => one - other);
  const median = took.length < ENOUGH ? 0 : sorted[Math.floor(took.length / 2)]!;
  const stats: Stats = {
    kind: "stats",
    waits_ms: Math.round(1000 * waited),
    encode_ms: Math.round(1000 * median),
    rate_kbit: bytesPerSecond === null ? null : Math.round(bytesPerSecond / 125),
  };
  return [stats, customersCause(factsOf(stats))];
}
