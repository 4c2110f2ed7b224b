/** The browser's picker, in the page: what the customer chooses to show, and how the worker gets its frames. */

import type { PickerTrouble, Surface } from "../session/uiState.ts";
import type { FrameSource } from "../wire/page.ts";

/** Screens show 60 pictures a second, most captures 30 unless asked. */
const FRAMES_PER_SECOND = 60;

/** Chromium's way to the frames of a track. TypeScript's DOM does not know it. */
interface TrackProcessor {
  readable: ReadableStream<VideoFrame>;
}
type MakeProcessor = new (options: { track: MediaStreamTrack; maxBufferSize: number }) => TrackProcessor;

/** The picker led to nothing. */
export class NotCapturedError extends Error {
  constructor(readonly trouble: PickerTrouble) {
    super(`nothing was chosen: ${trouble}`);
  }
}

/** What the customer has chosen. `end` it to stop showing it. */
export class ScreenCapture {
  readonly surface: Surface;
  /** Called once when the browser ends it, not when `end` does. */
  ended: () => void = () => {};
  private readonly video: HTMLVideoElement | null;

  private constructor(
    readonly stream: MediaStream,
    private readonly track: MediaStreamTrack,
  ) {
    this.surface = surfaceOf(track);
    track.onended = () => this.ended();
    this.video = makeProcessor() === null ? playing(stream) : null;
  }

  /** Open the picker. It needs the gesture of a click. Throws NotCapturedError. */
  static async choose(): Promise<ScreenCapture> {
    const devices = navigator.mediaDevices;
    if (typeof devices?.getDisplayMedia !== "function") throw new NotCapturedError("unsupported");
    try {
      const stream = await devices.getDisplayMedia({ video: { frameRate: FRAMES_PER_SECOND }, audio: false });
      const [track] = stream.getVideoTracks();
      if (track === undefined) throw new NotCapturedError("failed");
      return new ScreenCapture(stream, track);
    } catch (error) {
      throw error instanceof NotCapturedError ? error : new NotCapturedError(troubleOf(error));
    }
  }

  /** Return where the worker gets the frames. Call it once. */
  source(): FrameSource {
    const Processor = makeProcessor();
    if (Processor === null) return { kind: "page" };
    return { kind: "stream", frames: new Processor({ track: this.track, maxBufferSize: 1 }).readable };
  }

  /** Return what is shown at this moment, where the source is the page. The caller closes it. */
  frame(): VideoFrame | null {
    const { video } = this;
    if (video === null || video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return null;
    try {
      return new VideoFrame(video, { timestamp: Math.round(performance.now() * 1000) });
    } catch {
      return null; // the track has just ended
    }
  }

  /** Stop showing it. */
  end(): void {
    this.track.onended = null;
    this.track.stop();
    if (this.video !== null) this.video.srcObject = null;
  }
}

function makeProcessor(): MakeProcessor | null {
  return (globalThis as { MediaStreamTrackProcessor?: MakeProcessor }).MediaStreamTrackProcessor ?? null;
}

function playing(stream: MediaStream): HTMLVideoElement {
  const video = document.createElement("video");
  video.muted = true;
  video.srcObject = stream;
  void video.play().catch(() => {}); // it has ended already
  return video;
}

function surfaceOf(track: MediaStreamTrack): Surface {
  const { displaySurface } = track.getSettings();
  return displaySurface === "monitor" || displaySurface === "window" || displaySurface === "browser"
    ? displaySurface
    : "unknown";
}

/** Browsers say NotAllowedError both when the picker was closed and when the system forbids it: their words differ. */
function troubleOf(error: unknown): PickerTrouble {
  if (!(error instanceof DOMException)) return "failed";
  if (error.name === "NotAllowedError")
    return /system|policy|permissions/i.test(error.message) ? "denied" : "cancelled";
  if (error.name === "AbortError" || error.name === "InvalidStateError") return "cancelled";
  return error.name === "NotSupportedError" ? "unsupported" : "failed";
}
