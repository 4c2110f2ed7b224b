/** The recordings that wait to be sent, or were, as the page knows them. */

import { computed, signal } from "@preact/signals";
import type { UploadState, Uploads } from "../wire/page.gen";

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
