/** The frames of what the customer shows, as the worker gets them: pushed by the browser, or asked from the page. */

import type { PlaneColors } from "@deskside/codec/picture/packet";
import { FRAME_SECONDS } from "@deskside/codec/picture/rate/pacing.gen";
import { SCREEN_COLORS } from "./planes.ts";

/** Where frames come from. Exactly one is held at any time: a browser that misses a few of its own stops giving more. */
export interface Frames {
  /** The newest frame, which stays ours: it may be gone after the next `await`. Null until there is one. */
  readonly newest: VideoFrame | null;
  /** What the frames' planes are where the browser does not say it; null where that must not be guessed. */
  readonly untold: PlaneColors | null;
  /** Let go of everything. Nothing is told afterwards. */
  close(): void;
}

/** Return a frame of its own, with what another one shows: holding that would keep the browser from giving more. */
export async function copied(frame: VideoFrame): Promise<VideoFrame> {
  const { width, height } = frame.visibleRect!;
  const pixels = new Uint8Array(frame.allocationSize());
  const layout = await frame.copyTo(pixels);
  const { format, timestamp, colorSpace } = frame;
  return new VideoFrame(pixels, {
    format: format!,
    codedWidth: width,
    codedHeight: height,
    timestamp,
    layout,
    colorSpace: colorSpace.toJSON(),
  });
}

/** Frames that the browser writes into a stream (MediaStreamTrackProcessor), each as soon as it is there. */
export class StreamedFrames implements Frames {
  newest: VideoFrame | null = null;
  readonly untold = null;
  private readonly reader: ReadableStreamDefaultReader<VideoFrame>;
  private closed = false;

  /** `changed` is called for each new frame. */
  constructor(
    stream: ReadableStream<VideoFrame>,
    private readonly changed: () => void,
  ) {
    this.reader = stream.getReader();
    void this.read();
  }

  close(): void {
    this.closed = true;
    this.newest?.close();
    this.newest = null;
    void this.reader.cancel().catch(() => {}); // it may have ended by itself
  }

  private async read(): Promise<void> {
    try {
      for (;;) {
        const { value, done } = await this.reader.read();
        if (done) return; // the page hears of it too
        if (this.closed) {
          value.close();
          return;
        }
        this.newest?.close();
        this.newest = value;
        this.changed();
      }
    } catch {
      return; // the same
    }
  }
}

/** Frames that the page takes from a video when it is asked (Firefox). The clock is the worker's: a page's stands still. */
export class AskedFrames implements Frames {
  newest: VideoFrame | null = null;
  readonly untold = SCREEN_COLORS;
  private readonly clock: ReturnType<typeof setInterval>;
  private isAsked = false;

  /** `ask` asks the page, `wanted` says whether a frame would be used now, `changed` is called for each new frame. */
  constructor(
    ask: () => void,
    wanted: () => boolean,
    private readonly changed: () => void,
  ) {
    this.clock = setInterval(() => {
      if (this.isAsked || !(wanted() || this.newest === null)) return;
      this.isAsked = true;
      ask();
    }, 2000 * FRAME_SECONDS);
  }

  /** The page's answer. */
  take(frame: VideoFrame | null): void {
    this.isAsked = false;
    if (frame === null) return;
    this.newest?.close();
    this.newest = frame;
    this.changed();
  }

  close(): void {
    clearInterval(this.clock);
    this.newest?.close();
    this.newest = null;
  }
}
