/**
 * The picture path: what changed goes out as fast as the viewer takes it, and never faster. As
 * applet/screen/screen_share.py: a frame is read and encoded only when view is granted, the technician watches, and the
 * pace says that a picture may leave. So a viewer that was stalled gets the present and never the past.
 */

import type { Encoder } from "@deskside/codec/picture/encoder";
import { OLDEST_VERSION, PLANES_VERSION } from "@deskside/codec/picture/packet.gen";
import { Pace } from "@deskside/codec/picture/rate/pacing";
import type { SessionMessage } from "@deskside/codec/wire/messages.gen";
import type { Measured } from "../tools/stats.ts";
import type { Frames } from "./frames.ts";
import { planesOf } from "./planes.ts";
import { REARRANGED_SECONDS } from "./screenShare.gen.ts";

/** What is shown is one display to the technician. */
const DISPLAY = 0;
const NUMBERS = 2 ** 32;
/** Of so many pictures is kept what they took. */
const KEPT = 20;
const FORMAT = "BGRX";

interface Size {
  width: number;
  height: number;
}

/** What the technician sees of one customer's session. */
export class ScreenShare {
  private frames: Frames | null = null;
  private name = "";
  private announced: Size = { width: 0, height: 0 };
  private resized: { size: Size; at: number } | null = null;
  private watched = false;
  private packets = OLDEST_VERSION;
  /** Whether the browser has failed to copy planes of what is shown: then it is read in colours. */
  private arePlanesRefused = false;
  private owesKey = true;
  private number = 0;
  private pace = new Pace();
  private timer: ReturnType<typeof setTimeout> | null = null;
  private isBusy = false;
  private took: number[] = [];
  private changedAt = 0;
  /** Counts what makes a picture that is being made the wrong one. */
  private turn = 0;

  /** `encoder` is null until it is loaded. `now` gives seconds of a steady clock. `failed` hears that frames cannot be read: nothing more will come. */
  constructor(
    private readonly encoder: () => Encoder | null,
    private readonly send: (message: SessionMessage) => void,
    private readonly sized: (size: Size) => void,
    private readonly failed: (error: unknown) => void,
    private readonly now: () => number,
  ) {}

  /** Whether a frame would be sent now if it showed something new. */
  get wants(): boolean {
    return this.watched && !this.isBusy && this.pace.wait(this.now()) !== null;
  }

  /** Return what is measured, null while nothing is shown. */
  measured(): Measured | null {
    const { took, pace } = this;
    const now = this.now();
    const bytesPerSecond = pace.throughput.bytesPerSecond(now);
    return this.watched ? { took, waited: pace.waited(now), still: now - this.changedAt, bytesPerSecond } : null;
  }

  /** Show these frames from now on, null shows nothing. `name` is what the technician reads. */
  show(frames: Frames | null, name = ""): void {
    this.turn += 1;
    this.frames?.close();
    this.frames = frames;
    this.name = name;
    this.announced = { width: 0, height: 0 };
    this.resized = null;
    this.arePlanesRefused = false;
    if (frames === null) this.watched = false;
    this.startOver();
  }

  /** The technician wants the picture, beginning with a whole one, in packets of this version at most; or none. */
  watch(display: number | null, packets: number): void {
    this.turn += 1;
    this.watched = display === DISPLAY;
    this.took = [];
    this.changedAt = this.now();
    this.packets = packets;
    this.startOver();
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
    const frame = this.frames?.newest;
    if (this.isBusy || frame == null || !this.isAnnounced(frame) || !this.watched) return;
    const wait = this.pace.wait(this.now());
    if (wait === null) return;
    const encoder = this.encoder();
    if (wait > 0) this.lookIn(wait);
    else if (encoder !== null) void this.picture(frame, encoder);
  }

  private startOver(): void {
    this.owesKey = true;
    this.pace.restart();
    this.look();
  }

  private lookIn(seconds: number): void {
    if (this.timer !== null) return;
    this.timer = setTimeout(() => {
      this.timer = null;
      this.look();
    }, seconds * 1000);
  }

  /** Whether the technician knows this size. A window that is being resized has many: the last of them is told. */
  private isAnnounced(frame: VideoFrame): boolean {
    const { width, height } = frame.visibleRect ?? { width: frame.codedWidth, height: frame.codedHeight };
    const size = { width, height };
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
    this.sized(size);
    this.send({
      kind: "displays",
      displays: [{ id: DISPLAY, name: this.name, x: 0, y: 0, ...size, primary: true }],
    });
    return true;
  }

  private async picture(frame: VideoFrame, encoder: Encoder): Promise<void> {
    const { turn, owesKey } = this;
    this.isBusy = true;
    const began = this.now();
    try {
      const encode = await this.copied(frame, encoder);
      // Meanwhile, view may have been taken back, or a whole picture asked for.
      if (turn !== this.turn || !this.watched) return;
      if (owesKey) encoder.keyPicture();
      const packet = encode();
      if (owesKey) this.owesKey = false;
      if (packet === null) return;
      const { number } = this;
      this.number = (number + 1) % NUMBERS;
      this.send({ kind: "picture", display: DISPLAY, number, packet });
      this.pace.sent(number, packet.length, this.now());
      this.changedAt = this.now();
      this.took = [...this.took, this.changedAt - began].slice(-KEPT);
    } catch (error) {
      if (turn === this.turn) this.failed(error);
    } finally {
      this.isBusy = false;
      if (turn !== this.turn || this.frames?.newest !== frame) this.look();
    }
  }

  /** Copy a frame to where it is encoded, as the browser captured it where the technician reads that; return what encodes it. */
  private async copied(frame: VideoFrame, encoder: Encoder): Promise<() => Uint8Array<ArrayBuffer> | null> {
    const { width, height } = this.announced;
    const mayBePlanes = this.packets >= PLANES_VERSION && !this.arePlanesRefused;
    const planes = mayBePlanes ? planesOf(frame, this.frames?.untold ?? null) : null;
    if (planes !== null) {
      try {
        const buffer = encoder.planeBuffer(width, height, planes.format);
        await frame.copyTo(buffer.data, { layout: buffer.layout });
        return () => encoder.encodePlanes(buffer, planes.colors);
      } catch {
        this.arePlanesRefused = true; // a browser that cannot do what its format promises
      }
    }
    const buffer = encoder.frameBuffer(width, height);
    const layout = [{ offset: 0, stride: buffer.stride }];
    await frame.copyTo(buffer.data, { format: FORMAT, layout } as VideoFrameCopyToOptions);
    const version = this.packets;
    return () => encoder.encode({ ...buffer, width, height, format: FORMAT }, { version });
  }
}

function isSame(one: Size, other: Size): boolean {
  return one.width === other.width && one.height === other.height;
}
