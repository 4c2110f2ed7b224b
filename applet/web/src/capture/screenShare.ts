/**
 * The picture path: what changed goes out as fast as the viewer takes it, and never faster. As
 * applet/screen/screen_share.py: a frame is read and encoded only when view is granted, the technician watches, and the
 * pace says that a picture may leave. So a viewer that was stalled gets the present and never the past.
 */

import type { Encoder } from "@deskside/codec/picture/encoder";
import { TILE } from "@deskside/codec/picture/geometry";
import { OLDEST_VERSION } from "@deskside/codec/picture/packet.gen";
import { Pace } from "@deskside/codec/picture/rate/pacing";
import type { SessionMessage } from "@deskside/codec/wire/messages.gen";
import type { Measured } from "../tools/stats.ts";
import type { Film } from "./film.ts";
import type { Films } from "./films.ts";
import { copied, type Frames } from "./frames.ts";
import { ScreenPictures, type Viewer } from "./screenPictures.ts";
import { REARRANGED_SECONDS } from "./screenShare.gen.ts";

/** What is shown is one display to the technician. */
const DISPLAY = 0;
const NUMBERS = 2 ** 32;
/** Of so many pictures is kept what they took. */
const KEPT = 20;
/** What stands still is written so often, each time a little sharper. */
const SHARPENED = 10;

interface Size {
  width: number;
  height: number;
}

/** What is shown: `name` is what the technician reads. What `moves` is always written as a film, where both ends can. */
export interface Shown {
  name: string;
  moves: boolean;
}

/** What the technician sees of one customer's session. */
export class ScreenShare {
  private frames: Frames | null = null;
  private shows: Shown = { name: "", moves: false };
  /** What is shown in the place of the frames, while it stands still. */
  private held: VideoFrame | null = null;
  private sharpened = 0;
  private lastSent: VideoFrame | null = null;
  private film: Film | null = null;
  private viewer: Viewer = { packets: OLDEST_VERSION, films: false };
  private readonly pictures: ScreenPictures;
  private filmFailed = false;
  private announced: Size = { width: 0, height: 0 };
  private resized: { size: Size; at: number } | null = null;
  private watched = false;
  private owesKey = true;
  private number = 0;
  private pace = new Pace();
  private timer: { id: ReturnType<typeof setTimeout>; at: number } | null = null;
  private isBusy = false;
  private took: number[] = [];
  /** Counts what makes a picture that is being made the wrong one. */
  private turn = 0;

  /** `encoder` is null until it is loaded, which asking for it begins. `films` makes films: null where this browser writes none, undefined until that is known. `now` gives seconds of a steady clock. `failed` hears that frames cannot be read: nothing more will come. */
  constructor(
    private readonly encoder: () => Encoder | null,
    private readonly films: () => Films | null | undefined,
    private readonly send: (message: SessionMessage) => void,
    private readonly sized: (size: Size) => void,
    private readonly failed: (error: unknown) => void,
    private readonly now: () => number,
  ) {
    this.pictures = new ScreenPictures(films);
  }

  /** Whether a frame would be sent now if it showed something new. */
  get wants(): boolean {
    return this.watched && !this.isBusy && this.pace.wait(this.now()) !== null;
  }

  /** Return what is measured, null while nothing is shown. */
  measured(): Measured | null {
    const { took, pace } = this;
    const now = this.now();
    const bytesPerSecond = pace.throughput.bytesPerSecond(now);
    return this.watched ? { took, waited: pace.waited(now), bytesPerSecond } : null;
  }

  /** Show these frames from now on, null shows nothing. */
  show(frames: Frames | null, shown: Shown = { name: "", moves: false }): void {
    this.turn += 1;
    this.frames?.close();
    this.frames = frames;
    this.shows = shown;
    this.goOn();
    this.film?.close();
    this.film = null;
    this.filmFailed = false;
    this.announced = { width: 0, height: 0 };
    this.resized = null;
    this.pictures.show();
    if (frames === null) this.watched = false;
    this.startOver();
  }

  /** The technician wants the picture, beginning with a whole one, in packets of this version at most; or none. */
  watch(display: number | null, packets: number, films: boolean): void {
    this.turn += 1;
    this.watched = display === DISPLAY;
    this.took = [];
    this.viewer = { packets, films };
    this.pictures.watch(this.viewer);
    this.startOver();
  }

  /** Let the picture stand still as it is now. Return what is shown, which is the caller's; null where there is nothing. */
  async hold(): Promise<VideoFrame | null> {
    const { frames } = this;
    if (this.held === null) {
      const frame = frames?.newest;
      const held = frame == null ? null : await copied(frame);
      if (held === null || frames !== this.frames || this.held !== null) {
        held?.close();
        return null;
      }
      this.held = held;
      this.sharpened = 0;
      this.look();
    }
    return this.held.clone();
  }

  /** Let the picture move again. */
  goOn(): void {
    this.held?.close();
    this.held = null;
    this.look();
  }

  /** The technician lost the picture. */
  refresh(display: number): void {
    if (display === DISPLAY && this.watched) this.startOver();
  }

  /** The technician sees this picture now. */
  shown(display: number, number: number): void {
    if (display !== DISPLAY) return;
    this.pace.shown(number, this.now());
    this.look();
  }

  /** There is a new frame, or something else that may let a picture leave. */
  look(): void {
    const frame = this.held ?? this.frames?.newest;
    if (this.isBusy || frame == null || !this.isAnnounced(frame) || !this.watched) return;
    if (!this.owesKey && this.isFilmed && this.isWritten(frame)) return;
    const wait = this.pace.wait(this.now());
    if (wait === null) return;
    if (wait > 0) {
      this.lookIn(wait);
      return;
    }
    if (this.isFilmed) {
      if (this.films() !== undefined) void this.picture(frame, null); // else the worker looks again
      return;
    }
    const encoder = this.encoder();
    if (encoder !== null) void this.picture(frame, encoder);
  }

  private get isFilmed(): boolean {
    return this.shows.moves && this.viewer.films && !this.filmFailed && this.films() !== null;
  }

  /** Whether a film shows this frame already, as well as it will. */
  private isWritten(frame: VideoFrame): boolean {
    return frame === this.lastSent && (frame !== this.held || this.sharpened >= SHARPENED);
  }

  private startOver(): void {
    this.owesKey = true;
    this.pictures.refresh();
    this.pace.restart();
    this.look();
  }

  private lookIn(seconds: number): void {
    const at = this.now() + seconds;
    if (this.timer !== null && this.timer.at <= at) return;
    clearTimeout(this.timer?.id);
    const id = setTimeout(() => {
      this.timer = null;
      this.look();
    }, seconds * 1000);
    this.timer = { id, at };
  }

  /** Whether the technician knows this size. A window that is being resized has many: the last of them is told. */
  private isAnnounced(frame: VideoFrame): boolean {
    const { width, height } = frame.visibleRect ?? { width: frame.codedWidth, height: frame.codedHeight };
    // A film's rectangle is of whole tiles; what is beyond is left out.
    const whole = this.shows.moves ? TILE : 1;
    const size = { width: width - (width % whole), height: height - (height % whole) };
    if (isSame(size, this.announced)) {
      this.resized = null;
      return true;
    }
    if (this.resized === null || !isSame(size, this.resized.size)) this.resized = { size, at: this.now() };
    const isFirst = this.announced.width === 0;
    const settledIn = isFirst ? 0 : this.resized.at + REARRANGED_SECONDS - this.now();
    if (settledIn > 0) {
      this.lookIn(settledIn);
      return false;
    }
    this.resized = null;
    this.announced = size;
    this.owesKey = true;
    this.pictures.refresh();
    this.sized(size);
    this.send({
      kind: "displays",
      displays: [{ id: DISPLAY, name: this.shows.name, x: 0, y: 0, ...size, primary: true }],
    });
    return true;
  }

  /** Write and send a picture: with an encoder of its tiles, without one as a film. */
  private async picture(frame: VideoFrame, encoder: Encoder | null): Promise<void> {
    const { turn } = this;
    this.isBusy = true;
    const began = this.now();
    try {
      const packet = encoder === null ? await this.filmed(frame) : await this.tiles(frame, encoder);
      // Meanwhile, view may have been taken back, or a whole picture asked for.
      if (turn !== this.turn || !this.watched || packet === null) return;
      const { number } = this;
      this.number = (number + 1) % NUMBERS;
      this.send({ kind: "picture", display: DISPLAY, number, packet });
      this.pace.sent(number, packet.length, this.now());
      this.took = [...this.took, this.now() - began].slice(-KEPT);
    } catch (error) {
      if (turn !== this.turn) return;
      if (encoder === null) this.withoutFilm(error);
      else this.failed(error);
    } finally {
      this.isBusy = false;
      const again = encoder === null ? null : this.pictures.again(this.now());
      if (again !== null && this.watched) this.lookIn(again);
      if (turn !== this.turn || (this.held ?? this.frames?.newest) !== frame) this.look();
    }
  }

  /** Write a picture of tiles, or of the film over them. */
  private async tiles(frame: VideoFrame, encoder: Encoder): Promise<Uint8Array | null> {
    const { turn, announced, pace } = this;
    const packet = await this.pictures.write({
      ...announced,
      frame,
      encoder,
      untold: this.frames?.untold ?? null,
      bytesPerSecond: pace.isMeasured ? pace.bytesPerSecond : null,
      now: this.now(),
      isCurrent: () => turn === this.turn && this.watched,
    });
    if (packet !== null) this.owesKey = false;
    return packet;
  }

  private async filmed(frame: VideoFrame): Promise<Uint8Array | null> {
    const { turn, announced, owesKey } = this;
    const { width, height } = announced;
    if (this.film?.width !== width || this.film.height !== height) {
      this.film?.close();
      this.film = new (this.films()!.Film)(width, height);
    }
    const { film } = this;
    const written = await film.write(frame, this.pace.bytesPerSecond, owesKey, this.now());
    if (turn !== this.turn || film !== this.film) {
      this.owesKey = true; // what was written is not sent, and what follows would build on it
      return null;
    }
    if (frame === this.held) this.sharpened += 1;
    this.lastSent = frame;
    if (written === null || (owesKey && !written.restarts)) return null;
    this.owesKey = false;
    return this.films()!.videoPacket(width, height, written.video, written.restarts);
  }

  /** This browser's encoder gave up: what moves is written as tiles from now on. */
  private withoutFilm(error: unknown): void {
    console.warn("what moves is no longer written as a film", error);
    this.film?.close();
    this.film = null;
    this.filmFailed = true;
    this.startOver();
  }
}

function isSame(one: Size, other: Size): boolean {
  return one.width === other.width && one.height === other.height;
}
