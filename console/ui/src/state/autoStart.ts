/** Sessions that start by themselves: private ones as the technician's group wants it, those of channels as the server asks for it. */

import type { Session } from "@deskside/codec/wire/apiTypes.gen";
import { computed, effect } from "@preact/signals";
import { desk, engineThere, online, openBehind, sessions, startAsked } from "./console";
import { isLeft } from "./handOver";
import { own } from "./technicians";

/** One page of a console does it: the one that holds this lock. The others wait for it to be closed. */
const LOCK = "deskside-auto-start";

/** Whether sessions start by themselves now: where the group says so, and the technician is there to see them. */
const starts = computed(
  () =>
    desk.value?.settings?.console_auto_start_private === true &&
    engineThere.value &&
    online.value?.online !== false &&
    own.value !== undefined &&
    own.value.status !== "away",
);

/** Start them, until the page is closed or what is returned is called. */
export function startSessions(): () => void {
  const end = new AbortController();
  const untilEnd = new Promise<void>((resolve) => end.signal.addEventListener("abort", () => resolve()));
  navigator.locks
    .request(LOCK, { signal: end.signal }, async () => {
      const stops = [effect(start()), effect(startOffered)];
      await untilEnd;
      for (const stop of stops) stop();
    })
    .catch((error: unknown) => {
      if (!end.signal.aborted) throw error;
    });
  return () => end.abort();
}

function startOffered(): void {
  const session = startAsked.value;
  if (session === undefined) return;
  startAsked.value = undefined;
  void openBehind(session, true);
}

/** Return what is done at each change. Each session is tried once, and again when one has ended or the technician is back. */
function start(): () => void {
  const tried = new Set<number>();
  let open = 0;
  return () => {
    const all = [...sessions.value.values()];
    const began = all.filter(isOpen).length;
    if (began < open) tried.clear();
    open = began;
    if (!starts.value) {
      tried.clear();
      return;
    }
    for (const session of all) {
      if (!waitsForOne(session) || tried.has(session.id)) continue;
      tried.add(session.id);
      void openBehind(session.id);
    }
  };
}

/** Whether a session waits for its own technician, and its customer is there. */
function waitsForOne({ state, channel, transfer, customer_present }: Session): boolean {
  return state === "waiting" && channel == null && transfer == null && customer_present === true;
}

function isOpen(session: Session): boolean {
  const { state } = session;
  if (isLeft(session)) return false;
  return state === "active" || state === "disconnected" || state === "reconnecting" || state === "on_hold";
}
