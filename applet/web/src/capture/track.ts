/** What the customer shows, in the page: a track of the browser's, and how the worker gets its frames. */

import type { CameraFacts, Surface } from "../session/uiState.ts";
import type { FrameSource } from "../wire/page.ts";

/** Chromium's way to the frames of a track. TypeScript's DOM does not know it. */
interface TrackProcessor {
  readable: ReadableStream<VideoFrame>;
}
type MakeProcessor = new (options: { track: MediaStreamTrack; maxBufferSize: number }) => TrackProcessor;

/** One track that is shown. `end` it to stop showing it. */
export class TrackCapture {
  /** Called once when the browser ends it, not when `end` does. */
  ended: () => void = () => {};
  /** Called whenever `facts` has changed. */
  changed: () => void = () => {};
  private readonly video: HTMLVideoElement | null;

  constructor(
    readonly stream: MediaStream,
    protected readonly track: MediaStreamTrack,
    readonly surface: Surface,
  ) {
    track.onended = () => this.ended();
    this.video = makeProcessor() === null ? playing(stream) : null;
  }

  /** What can be done with it, where it is a camera. */
  get facts(): CameraFacts | null {
    return null;
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
  video.playsInline = true;
  video.srcObject = stream;
  void video.play().catch(() => {}); // it has ended already
  return video;
}
