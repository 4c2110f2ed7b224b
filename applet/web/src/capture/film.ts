/**
 * What moves, as a video: VP9 through WebCodecs, one frame in, one packet out, as codec/picture/video.py writes it and
 * codec/ts/src/picture/video.ts reads it. For a camera, and for the moving part of a screen.
 */

import { codecOf } from "@deskside/codec/picture/video";
import { Bt709 } from "./bt709.ts";
import { LESS, MORE, PATIENCE_SECONDS, RATES, SHARE } from "./film.gen.ts";

const PICTURES_PER_SECOND = 30;
/** An encoder that gives nothing for so long has left a picture out, to stay within its rate. */
const LEFT_OUT_MS = 1_000;

/** A picture of a video. */
export interface Filmed {
  video: Uint8Array;
  /** Whether a stream begins with it. */
  restarts: boolean;
  /** How much of the frame was not as in the one before, from 0 to 1. */
  changed: number;
}

/** This browser's encoder failed. What moves is written as tiles instead. */
export class FilmError extends Error {}

interface Waiting {
  resolve(filmed: Filmed | null): void;
  reject(error: FilmError): void;
  late: ReturnType<typeof setTimeout>;
}

/** Whether this browser writes videos of this size. */
export async function writesFilms(width: number, height: number): Promise<boolean> {
  if (typeof VideoEncoder === "undefined") return false;
  try {
    return (await VideoEncoder.isConfigSupported(configuration(width, height, RATES[0]))).supported === true;
  } catch {
    return false;
  }
}

/** Writes one video of one size, of whole tiles. One frame at a time. */
export class Film {
  private readonly encoder: VideoEncoder;
  private readonly colors: Bt709;
  private rate = 0;
  private roseAt: number | null = null;
  private waiting: Waiting | null = null;
  private number = 0;

  constructor(
    readonly width: number,
    readonly height: number,
  ) {
    this.colors = new Bt709(width, height);
    this.encoder = new VideoEncoder({
      output: (chunk) => this.answer(chunk),
      error: (error) => this.fail(error),
    });
  }

  /**
   * Return the picture of a frame, which stays the caller's; null where the encoder left it out. Of a larger frame it is the
   * upper left, a smaller one in planes goes on beyond its edges.
   * `restarts` begins a new stream, as a line does that became much slower or faster. `now` in seconds.
   *
   * Rejects with FilmError: then another one must be made.
   */
  async write(frame: VideoFrame, bytesPerSecond: number, restarts: boolean, now: number): Promise<Filmed | null> {
    const rate = Math.min(Math.max(bytesPerSecond * 8 * SHARE, RATES[0]), RATES[1]);
    const keyFrame = this.needsAnother(rate, now) || restarts;
    try {
      if (this.rate === 0 || (keyFrame && !restarts)) this.configure(rate);
      const picture = await this.colors.of(frame);
      try {
        return await this.encode(picture, keyFrame);
      } finally {
        picture.close();
      }
    } catch (error) {
      throw error instanceof FilmError ? error : new FilmError(`the video cannot be written: ${error}`);
    }
  }

  /** Let go of the encoder. What is awaited is rejected. */
  close(): void {
    this.fail("it is over");
    if (this.encoder.state !== "closed") this.encoder.close();
  }

  private needsAnother(rate: number, now: number): boolean {
    if (rate <= this.rate * MORE) this.roseAt = null;
    else this.roseAt ??= now;
    return rate < this.rate * LESS || this.rate === 0 || (this.roseAt !== null && now - this.roseAt > PATIENCE_SECONDS);
  }

  private configure(rate: number): void {
    this.rate = rate;
    this.roseAt = null;
    this.encoder.configure(configuration(this.width, this.height, rate));
  }

  private encode(picture: VideoFrame, keyFrame: boolean): Promise<Filmed | null> {
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => this.waited()?.resolve(null), LEFT_OUT_MS);
      this.waiting = { resolve, reject, late };
      this.number += 1;
      const timestamp = Math.round((this.number * 1e6) / PICTURES_PER_SECOND);
      const numbered = new VideoFrame(picture, { timestamp });
      this.encoder.encode(numbered, { keyFrame });
      numbered.close();
    });
  }

  private answer(chunk: EncodedVideoChunk): void {
    const video = new Uint8Array(chunk.byteLength);
    chunk.copyTo(video);
    const restarts = chunk.type === "key";
    this.waited()?.resolve({ video, restarts, changed: this.colors.changed });
  }

  private fail(reason: unknown): void {
    this.waited()?.reject(new FilmError(`the video cannot be written: ${reason}`));
  }

  private waited(): Waiting | null {
    const { waiting } = this;
    this.waiting = null;
    if (waiting !== null) clearTimeout(waiting.late);
    return waiting;
  }
}

function configuration(width: number, height: number, bitrate: number): VideoEncoderConfig {
  return {
    codec: codecOf(width, height),
    width,
    height,
    bitrate,
    bitrateMode: "constant",
    latencyMode: "realtime",
    framerate: PICTURES_PER_SECOND,
    hardwareAcceleration: "no-preference",
  };
}
