/** Who of the group is signed in to the console, the technician of this page among them. */

import type { TechnicianStatus, Technicians } from "@deskside/codec/wire/signals.gen";
import { computed, signal } from "@preact/signals";
import { desk } from "./console";
import { tell } from "./engine";

/** So often at most the engine is told that the technician does something. */
const TOLD_MS = 5_000;
const DEEDS = ["pointerdown", "pointermove", "keydown", "wheel", "touchstart"] as const;

export const technicians = signal<Technicians | undefined>(undefined);
/** Whether the technician looks at who is there. */
export const seeing = signal(false);

/** How the technician of this page is, as the server says; undefined until it has. */
export const own = computed(() => technicians.value?.technicians.find((each) => each.person === desk.value?.person.id));

/** The others of the group. */
export const colleagues = computed(() =>
  (technicians.value?.technicians ?? []).filter((each) => each.person !== desk.value?.person.id),
);

/** Be so, until another choice. */
export function choose(status: TechnicianStatus): void {
  tell({ type: "choose_status", status });
}

/** Tell the engine while the technician does something in this page. Returns what ends that. */
export function tellUse(): () => void {
  let told = Number.NEGATIVE_INFINITY;
  const used = () => {
    if (performance.now() - told < TOLD_MS) return;
    told = performance.now();
    tell({ type: "used" });
  };
  for (const deed of DEEDS) addEventListener(deed, used, { capture: true, passive: true });
  return () => {
    for (const deed of DEEDS) removeEventListener(deed, used, { capture: true });
  };
}
