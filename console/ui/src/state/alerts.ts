/** When a session that waits is marked, and how. Pure. */

import type { Session } from "@deskside/codec/wire/apiTypes.gen";
import type { UnitLimits } from "@deskside/codec/wire/signals.gen";
import { sinceThen } from "./groups";

/** So long before it ends a session is marked, however long it may wait; of short waits the last quarter. */
const SOON_SECONDS = 60;

/** The mark of a session. `level` counts from 1. `endsIn` are the seconds until it ends, where that is soon. */
export interface Marked {
  colour: string;
  level: number;
  after: number;
  endsIn?: number;
}

/** Return how a session is marked now; undefined where it is not. */
export function marked(session: Session, units: readonly UnitLimits[], now: number): Marked | undefined {
  const { state, transfer } = session;
  const isMoved = state === "transferring" && transfer?.kind === "channel" && !!transfer.source;
  const channel = isMoved ? transfer?.target : session.channel?.id;
  const unit = units.find((each) => (each.channel ?? undefined) === channel);
  if (unit === undefined) return undefined;
  const waited = sinceThen(session, now);
  const alerts = unit.alerts.filter((each) => each.state === (isMoved ? "waiting" : state));
  const level = alerts.filter((each) => each.seconds <= waited).length;
  const left = unit.waiting_seconds - waited;
  if (
    (state === "waiting" || isMoved) &&
    unit.waiting_seconds > 0 &&
    left <= Math.min(SOON_SECONDS, unit.waiting_seconds / 4)
  )
    return { colour: "red", level: level + 1, after: waited, endsIn: Math.max(0, left) };
  const alert = alerts[level - 1];
  return alert && { colour: alert.colour, level, after: alert.seconds };
}
