/** The recordings that wait to be sent, or were, as the page knows them. */

import { computed, signal } from "@preact/signals";
import { refusalSentence } from "../texts/recordings";
import type { UploadState, Uploads } from "../wire/page.gen";
import { attempt, tell } from "./engine";
import { toast } from "./toasts";

const NOTHING: Uploads = { type: "uploads", items: [] };

const STUCK = new Set<UploadState>(["failed", "asking", "unconfirmed"]);

export const uploads = signal<Uploads>(NOTHING);
/** Whether their list is open. */
export const looking = signal(false);

/** Those that are not all there yet. */
export const waiting = computed(() => uploads.value.items.filter((each) => each.state !== "done"));
/** Those that go no further by themselves. */
export const stuck = computed(() => waiting.value.filter((each) => STUCK.has(each.state)));

/** The places that a relay wants recordings to go to, and that nobody here has confirmed. */
export const places = computed(() => new Map((uploads.value.places ?? []).map((each) => [each.id, each])));

/** Nobody is signed in any more. */
export function forgetUploads(): void {
  uploads.value = NOTHING;
  looking.value = false;
}

/** Try to send a recording again, now. */
export function retryUpload(id: string): void {
  tell({ type: "retry_upload", id });
}

/** Answer a location that asks who is calling. */
export function giveCredentials(id: string, user: string, password: string): void {
  tell({ type: "give_credentials", id, user, password });
}

/** Recordings may go to this place: the technician knows it. */
export async function usePlace(place: string): Promise<void> {
  const failed = await attempt({ type: "use_place", place });
  if (failed !== undefined) toast(refusalSentence(failed));
}

/** Recordings for this place stay on this computer. */
export function notNow(place: string): void {
  tell({ type: "not_now", place });
}
