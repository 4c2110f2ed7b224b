/** The browser's picker, in the page: what the customer chooses to show. */

import type { PickerTrouble, Surface } from "../session/uiState.ts";
import { TrackCapture } from "./track.ts";

/** Screens show 60 pictures a second, most captures 30 unless asked. */
const FRAMES_PER_SECOND = 60;

/** The picker led to nothing. */
export class NotCapturedError extends Error {
  constructor(readonly trouble: PickerTrouble) {
    super(`nothing was chosen: ${trouble}`);
  }
}

/** What the customer has chosen. `end` it to stop showing it. */
export class ScreenCapture extends TrackCapture {
  /** Open the picker. It needs the gesture of a click. Throws NotCapturedError. */
  static async choose(): Promise<ScreenCapture> {
    const devices = navigator.mediaDevices;
    if (typeof devices?.getDisplayMedia !== "function") throw new NotCapturedError("unsupported");
    try {
      const stream = await devices.getDisplayMedia({ video: { frameRate: FRAMES_PER_SECOND }, audio: false });
      const [track] = stream.getVideoTracks();
      if (track === undefined) throw new NotCapturedError("failed");
      return new ScreenCapture(stream, track, surfaceOf(track));
    } catch (error) {
      throw error instanceof NotCapturedError ? error : new NotCapturedError(troubleOf(error));
    }
  }
}

function surfaceOf(track: MediaStreamTrack): Surface {
  const { displaySurface } = track.getSettings();
  return displaySurface === "monitor" || displaySurface === "window" || displaySurface === "browser"
    ? displaySurface
    : "unknown";
}

/** What browsers say that know how to ask, on a system that gives them no screen: WebKitGTK without PipeWire does. */
const NOTHING_TO_SHOW = ["NotSupportedError", "NotFoundError", "OverconstrainedError"];

/** Browsers say NotAllowedError both when the picker was closed and when the system forbids it: their words differ. */
function troubleOf(error: unknown): PickerTrouble {
  if (error instanceof Error && NOTHING_TO_SHOW.includes(error.name)) return "unsupported";
  if (!(error instanceof DOMException)) return "failed";
  if (error.name === "NotAllowedError")
    return /system|policy|permissions/i.test(error.message) ? "denied" : "cancelled";
  return error.name === "AbortError" || error.name === "InvalidStateError" ? "cancelled" : "failed";
}
