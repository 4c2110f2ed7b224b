/** How sessions are named and sorted for people. Pure. */

import type { Session, SessionState } from "@deskside/codec/wire/apiTypes.gen";
import { t } from "../texts/texts";
import { isIncoming, isOutgoing } from "./handOver";

export type Group = "waiting" | "connecting" | "active" | "away" | "ended";

const GROUPS: Record<SessionState, Group> = {
  waiting: "waiting",
  connecting: "connecting",
  active: "active",
  on_hold: "active",
  transferring: "active",
  transferred: "ended",
  reconnecting: "active",
  disconnected: "away",
  offline: "away",
  closed_by_customer: "ended",
  closed_by_technician: "ended",
  closed_by_waiting_customer: "ended",
  timed_out: "ended",
  refused_by_customer: "ended",
  aborted_technician_removed: "ended",
};
const ORDER: readonly Group[] = ["waiting", "connecting", "active", "away", "ended"];

/** Return what to call the customer: the name that the technician gave, else the computer's. A browser tells none. */
export function customerOf(session: Session | undefined): string {
  return session?.name || (session?.kind === "page" ? "" : session?.computer) || t("Customer");
}

/** Whether the customer takes part in a browser, and nothing else than the chat can be asked for. */
function isInstantChat({ kind, session_type, means = [] }: Session): boolean {
  const shows = means.includes("view") || means.includes("camera");
  return kind === "page" && (session_type === "chat" || !shows);
}

/** Return what a session is where it is not just any: empty for most. */
export function typeWord(session: Session): string {
  if (session.session_type === "lens") return t("Lens");
  return isInstantChat(session) ? t("Instant Chat") : "";
}

/** Return what the customer takes part with. */
export function withWhat(session: Session): string {
  return [typeWord(session), session.computer, session.system].filter(Boolean).join(", ");
}

export function groupOf(session: Session): Group {
  if (isIncoming(session) || isOutgoing(session)) return "waiting"; // for this technician it is one more who waits
  return GROUPS[session.state];
}

/** Sessions that belong together. `heading` says what they have in common. */
export interface Members {
  key: string;
  heading: string;
  members: Session[];
}

/**
 * Return the groups that have sessions, in order; within each the one that waits longest comes first. What waits in a
 * channel is a group of its own for each of them, and the channel where someone waits longest comes first.
 */
export function grouped(sessions: Iterable<Session>, search: string): Members[] {
  const wanted = search.trim().toLocaleLowerCase();
  const matching = [...sessions].filter((session) => wanted === "" || text(session).includes(wanted));
  matching.sort((one, other) => Date.parse(one.since) - Date.parse(other.since));
  return ORDER.flatMap((group): Members[] => {
    const found = matching.filter((session) => groupOf(session) === group);
    if (group === "waiting") return queues(found);
    return [{ key: group, heading: groupWord(group), members: group === "ended" ? found.toReversed() : found }];
  }).filter(({ members }) => members.length > 0);
}

/** Return the channel where a session waits; that of what colleagues have handed over has no name. */
function queueOf(session: Session): { id: number; name?: string } | undefined {
  const { transfer, channel } = session;
  if (!isIncoming(session)) return channel ?? undefined;
  return transfer?.source ? { id: transfer.target, name: transfer.to } : { id: -1 };
}

function queues(waiting: readonly Session[]): Members[] {
  const found = new Map<number | undefined, Members>();
  for (const session of waiting) {
    const incoming = isIncoming(session);
    const { id, name } = queueOf(session) ?? {};
    const own = incoming ? t("Transferred to you") : groupWord("waiting");
    const heading = name === undefined ? own : t("Waiting in {channel}", { channel: name });
    const queue = found.get(id) ?? { key: `waiting ${id}`, heading, members: [] };
    queue.members.push(session);
    found.set(id, queue);
  }
  return [...found.values()];
}

export function groupWord(group: Group): string {
  return {
    waiting: t("Waiting"),
    connecting: t("Connecting"),
    active: t("Active"),
    away: t("Without a technician"),
    ended: t("Ended"),
  }[group];
}

/** Return how long a session lasts or lasted, in seconds; undefined where nothing took place. */
export function lasted(session: Session, now: number): number | undefined {
  if (session.began == null) return undefined;
  const until = groupOf(session) === "ended" ? Date.parse(session.since) : now;
  return Math.max(0, (until - Date.parse(session.began)) / 1000);
}

/** Return how long a session is in its state, in seconds. */
export function sinceThen(session: Session, now: number): number {
  return Math.max(0, (now - Date.parse(session.since)) / 1000);
}

function text(session: Session): string {
  const { name, pin, computer, system, channel, fields = [] } = session;
  return [name, pin, computer, system, channel?.name, ...fields].join(" ").toLocaleLowerCase();
}
