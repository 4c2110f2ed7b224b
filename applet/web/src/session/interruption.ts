/** When a session is interrupted for its customer: on hold, or on its way to another technician. As applet/session/interruption.py. */

import type { SessionState } from "@deskside/codec/wire/apiTypes.gen";

/** Why nothing is seen or controlled at the moment. */
export type Interruption = "on_hold" | "handed_over";

/** What the relay says of a session: its state, whose part it is now, and whom it is being handed over to. */
export interface Where {
  state: SessionState;
  leg: number;
  to: string;
}

/** Return why a session is interrupted. `legOfKey` is whose part it was when the key was agreed, null before. */
export function interruptionOf(where: Where, legOfKey: number | null): Interruption | null {
  if (where.state === "on_hold") return "on_hold";
  return where.state === "transferring" || isAnothers(where, legOfKey) ? "handed_over" : null;
}

/** Whether a session is another technician's now than when the key was agreed. */
export function isAnothers({ leg }: Where, legOfKey: number | null): boolean {
  return legOfKey !== null && leg !== legOfKey;
}
