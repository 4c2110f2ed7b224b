/** Sessions on hold, and handed over to other technicians: what the technician can do, and what has become of it. */

import type { Session, TargetKind, TransferTargets } from "@deskside/codec/wire/apiTypes.gen";
import { signal } from "@preact/signals";
import { t } from "../texts/texts";
import type { Change, Failed } from "../wire/page.gen";
import { desk, timeLimits } from "./console";
import { attempt } from "./engine";
import { has } from "./functions";
import { toast } from "./toasts";

/** The session that the technician wants to hand over: they are asked to whom. */
export const handing = signal<number | undefined>(undefined);
/** Whom it can be handed over to, as it was told last; undefined until then. */
export const targets = signal<TransferTargets | undefined>(undefined);

/** Whether a session waits for this technician, because another one handed it over, or their channel receives it. */
export function isIncoming(session: Session): boolean {
  const { state, transfer } = session;
  return state === "transferring" && transfer?.former !== desk.value?.person.id && !isOutgoing(session);
}

/** Whether a session that no technician has leaves a channel of this technician for one that they do not serve. */
export function isOutgoing({ state, transfer, technician }: Session): boolean {
  if (state !== "transferring" || transfer?.kind !== "channel" || !transfer.source || technician) return false;
  return !timeLimits.value.some((each) => each.channel === transfer.target);
}

/** Return who handed a session over: a person, or the rule of a channel. */
export function handedOverBy(session: Session | undefined): string {
  return session?.transfer?.by || t("the system");
}

/** Whether a session is a colleague's, who is gone while the customer is there. */
export function isLeft({ state, holder }: Session): boolean {
  return state === "disconnected" && (holder ?? 0) !== 0 && holder !== desk.value?.person.id;
}

/** Whether this technician can go on with a session whose technician is gone: their own, or a colleague's without a secret. */
export function mayTakeOver(session: Session): boolean {
  return !isLeft(session) || session.has_secret !== true;
}

/** Whether this technician may put a session on hold now. */
export function mayHold({ state }: Session): boolean {
  return has("hold") && state === "active";
}

/** Whether this technician may hand a session over now. */
export function mayHandOver(session: Session): boolean {
  const canBe = ["active", "on_hold", "waiting", "transferring"].includes(session.state) && !isIncoming(session);
  const isOwn = session.state !== "waiting" || session.channel == null;
  return has("transfer") && canBe && isOwn;
}

/** Do something with a session as a whole. */
export async function change(session: number, what: Change): Promise<void> {
  const failed = await attempt({ type: "change_session", session, change: what });
  if (failed !== undefined) toast(failed.message);
}

/** Ask whom a session can be handed over to. Returns why that cannot be told. */
export async function askTargets(): Promise<Failed | undefined> {
  targets.value = undefined;
  return attempt({ type: "list_targets" });
}

/** Hand a session over. Returns why not. */
export async function handOver(
  session: number,
  kind: TargetKind,
  target: number,
  comment: string,
): Promise<Failed | undefined> {
  return attempt({ type: "hand_over_to", session, to: { kind, target, comment } });
}

/** A session has changed: say what has become of its hand-over, where the technician may not be looking at it. */
export function tellOutcome(before: Session | undefined, after: Session, customer: string): void {
  const { outcome, ended_by: by, minutes, former: from } = after.transfer ?? {};
  if (before?.state !== "transferring" || after.state === "transferring" || from !== desk.value?.person.id) return;
  const names = { customer, by: by ?? "", minutes: String(minutes) };
  if (outcome === "declined") toast(t("{by} declined {customer}. The session is yours again.", names));
  else if (outcome === "timed_out" && after.state !== "timed_out")
    toast(t("No one took {customer} over in {minutes} min. The session is yours again.", names));
  else if (outcome === "picked_up") toast(t("{by} has taken {customer} over.", names));
}
