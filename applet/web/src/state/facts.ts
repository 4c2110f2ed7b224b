/** What the page knows before it is in a session: whose relay served it, and what this browser can do. */

import { shownName } from "../session/names.ts";
import type { JoinFacts } from "../wire/about.gen.ts";

/** What this browser can do for a session. */
export interface Abilities {
  /** Whether the address is one that browsers trust: https, or this computer itself. */
  secure: boolean;
  /** Whether a screen can be shown from it. Phones cannot. */
  shows: boolean;
  /** Whether it has a camera, as far as the browser tells before it is asked for it. */
  camera: boolean;
  phone: boolean;
}

const ABOUT = "/join/about";
const UNKNOWN: JoinFacts = { organisation: "", logo: "", never_calls: false, languages: [] };

/** Return what the relay says of itself; where it does not answer, nothing, because a PIN can be entered all the same. */
export async function askAbout(): Promise<JoinFacts> {
  try {
    const answer = await fetch(ABOUT);
    if (!answer.ok) return UNKNOWN;
    const facts = (await answer.json()) as JoinFacts;
    return { ...facts, organisation: shownName(facts.organisation) };
  } catch {
    return UNKNOWN;
  }
}

/** Return what the technician is told that can be done from here (codec/wire/customer_kinds.py): without a screen, chat. */
export function meansOf(can: Abilities): readonly string[] {
  return [...(can.shows ? ["view"] : []), ...(can.camera ? ["camera"] : []), "chat"];
}

/** Return what this browser can do. Whether it has a camera, `findCamera` says. */
export function abilities(hasCamera = false): Abilities {
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  return {
    secure: isSecureContext,
    camera: typeof WebAssembly === "object" && hasCamera,
    shows: typeof devices?.getDisplayMedia === "function" && typeof WebAssembly === "object",
    phone: /Android|iPhone|iPad|Mobile/.test(navigator.userAgent),
  };
}

/** Return whether there is a camera, as far as the browser tells before it is asked for it. */
export async function findCamera(): Promise<boolean> {
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  if (typeof devices?.getUserMedia !== "function") return false;
  try {
    return (await devices.enumerateDevices()).some(({ kind }) => kind === "videoinput");
  } catch {
    return false;
  }
}
