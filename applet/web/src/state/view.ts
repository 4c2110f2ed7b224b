/** Which view a state needs. Pure. */

import type { UiState } from "../session/uiState.ts";
import type { Way } from "../texts/sentences.ts";
import type { Abilities } from "./facts.ts";

/** `link` is a link of any kind that leads nowhere, or is being looked at. `insecure`: nothing works at such an address. */
export type View = "insecure" | "entry" | "link" | "terms" | "waiting" | "consent" | "session" | "ended";

/** Return what fills the page. `way` is how the customer came, as long as nothing else was entered. */
export function viewOf(state: UiState, can: Abilities, way: Way): View {
  if (!can.secure) return "insecure";
  switch (state.stage) {
    case "entry":
    case "entering":
      return way === "pin" ? "entry" : "link";
    case "waiting":
      return state.terms === null ? "waiting" : "terms";
    case "ended":
      return "ended";
    case "together":
      return asksFirst(state, can) ? "consent" : "session";
  }
}

/** What a session shows beside the chat. */
export type StageKind =
  | "interrupted"
  | "lost"
  | "unable"
  | "picker"
  | "no_camera"
  | "shown"
  | "camera"
  | "stopped"
  | "quiet";

export function stageOf(state: UiState, can: Abilities): StageKind {
  if (state.interruption !== null) return "interrupted";
  if (!state.online) return "lost";
  if (asksForCamera(state) && !asksFirst(state, can)) return "no_camera";
  if (state.sharing !== null) return state.sharing.surface === "camera" ? "camera" : "shown";
  if (asksForScreen(state)) {
    const cannot = !can.shows || state.pickerTrouble === "unsupported";
    if (cannot) return "unable";
    if (state.pickerTrouble !== null) return "picker";
  }
  return state.sharingEnd === null ? "quiet" : "stopped";
}

/** Whether what is shown may hold this page too, so that a preview would show itself in itself. */
export function holdsThisPage({ sharing }: UiState): boolean {
  return sharing?.surface === "monitor" || sharing?.surface === "unknown";
}

/** Whether to show the customer a picture of what they show: also where it shows itself, while the technician points. */
export function showsPreview(state: UiState): boolean {
  return state.sharing !== null && (!holdsThisPage(state) || state.pointedAt !== null);
}

/** Whether Stop is what the customer may need now: something is shown, or would be as soon as there is a connection. */
export function mayStop(state: UiState): boolean {
  return state.sharing !== null || state.granted.length > 0;
}

/** Whether the technician may ask to see something. */
export function mayBeAsked({ mayAsk }: UiState): boolean {
  return mayAsk.includes("view") || mayAsk.includes("camera");
}

/** Whether a question is asked that is not the one for the screen, or that comes while something is shown already. */
export function asksBeside(state: UiState): boolean {
  return state.question !== null && !asksForScreen(state) && !asksForCamera(state);
}

/** Whether the question is for the camera. */
export function asksForCamera(state: UiState): boolean {
  return state.question?.access === "camera";
}

/** Whether the question is one that the browser's own follows, which has led to nothing yet. */
function asksFirst(state: UiState, can: Abilities): boolean {
  const isPossible = asksForCamera(state) ? can.camera : asksForScreen(state) && can.shows;
  return isPossible && state.pickerTrouble === null;
}

function asksForScreen(state: UiState): boolean {
  return state.question?.access === "view" && state.sharing === null;
}
