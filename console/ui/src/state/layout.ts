/** How the technician has arranged the window: kept in this browser, for the next session too. */

import { computed, signal } from "@preact/signals";

const KEPT_LIST = "deskside-list";
const KEPT_BAR = "deskside-bar";
/** A window narrower than this has no space for the panel beside the picture. */
const NARROW = 900;

/** Whether the list of sessions is shown beside the session; otherwise the rail shows the open ones. */
export const listOpen = signal(localStorage.getItem(KEPT_LIST) === "open");
/** Where the bar is along the upper edge of a full screen: 0 is one end, 1 the other. */
export const barPlace = signal(placeFrom(localStorage.getItem(KEPT_BAR)));
/** The size of the window. */
const inner = signal({ width: innerWidth, height: innerHeight });
addEventListener("resize", () => {
  inner.value = { width: innerWidth, height: innerHeight };
});
/** How many open sessions the rail has space for; below a width it lies along the lower edge. */
export const railRoom = computed(() => {
  const { width, height } = inner.value;
  return Math.max(1, Math.floor((width <= 480 ? width - 310 : height - 405) / 44));
});
/** Whether a session fills the screen. */
export const fullScreen = signal(false);

export function toggleList(): void {
  listOpen.value = !listOpen.value;
  localStorage.setItem(KEPT_LIST, listOpen.value ? "open" : "folded");
}

export function moveBar(place: number): void {
  barPlace.value = Math.max(0, Math.min(1, place));
  localStorage.setItem(KEPT_BAR, String(barPlace.value));
}

/** Whether the panel may open by itself: not where it would hide the picture. */
export function panelHasRoom(): boolean {
  return !fullScreen.value && innerWidth >= NARROW;
}

function placeFrom(kept: string | null): number {
  const place = Number.parseFloat(kept ?? "");
  return place >= 0 && place <= 1 ? place : 0.5;
}
