/**
 * A shared screen into packets: exactly as the browser captured it, and while the line cannot carry that, a film over it.
 * What is beneath the film becomes exact in parts as soon as the screen rests. When that is: screenFilm.ts.
 */

import type { Encoder, PlaneBuffer } from "@deskside/codec/picture/encoder";
import type { PlaneColors } from "@deskside/codec/picture/packet";
import { OLDEST_VERSION, PLANES_VERSION } from "@deskside/codec/picture/packet.gen";
import type { Films } from "./films.ts";
import { planesOf } from "./planes.ts";
import type { ScreenFilm } from "./screenFilm.ts";
import { isSlowFor } from "./slowLine.ts";

const FORMAT = "BGRX";

/** What the technician's side decodes. */
export interface Viewer {
  packets: number;
  films: boolean;
}

/** What is written now. */
export interface Wanted {
  frame: VideoFrame;
  width: number;
  height: number;
  encoder: Encoder;
  /** What the frame's planes are where the browser does not say it. */
  untold: PlaneColors | null;
  /** What the line carries, null until that was measured. */
  bytesPerSecond: number | null;
  now: number;
  /** Whether what is written would still be sent. */
  isCurrent: () => boolean;
}

/** Planes where they are encoded, and what they mean. */
export interface Written {
  buffer: PlaneBuffer;
  colors: PlaneColors;
}

/** What one technician sees of one shared screen. */
export class ScreenPictures {
  /** Whether the technician has nothing of it: the next packet must be a key. */
  owesKey = true;
  /** Whether nothing was written, and something else can be at once: a frame is ours until the next `await` only. */
  repeats = false;
  private viewer: Viewer = { packets: OLDEST_VERSION, films: false };
  /** Whether the browser has failed to copy planes of what is shown: then it is read in colours. */
  private arePlanesRefused = false;
  /** On a line that may need it. */
  private film: ScreenFilm | null = null;

  /** `films` makes films: null where this browser writes none, undefined while that is found out. */
  constructor(private readonly films: () => Films | null | undefined) {}

  /** Something else is shown, or nothing. */
  show(): void {
    this.arePlanesRefused = false;
    this.begin();
  }

  /** The technician sees it from now on. */
  watch(viewer: Viewer): void {
    this.viewer = viewer;
    this.begin();
  }

  /** The technician has nothing of it: the next packet is a key. */
  refresh(): void {
    this.owesKey = true;
  }

  /** Seconds until there is something to write though nothing changes, null where there is not. */
  again(now: number): number | null {
    return this.repeats ? 0 : (this.film?.again(now) ?? null);
  }

  /** Return the next packet, null where nothing changed or something else must come first. */
  async write(wanted: Wanted): Promise<Uint8Array | null> {
    const { film } = this;
    this.repeats = false;
    if (film?.isShown && !film.isExactDue(wanted)) return film.next(wanted);
    const written = await this.read(wanted);
    if (!wanted.isCurrent() || written === "refused") return null;
    if (written === "colours") return this.inColours(wanted);
    return film?.isShown ? film.beneath(written, wanted) : this.exactly(written, wanted);
  }

  private begin(): void {
    this.film?.close();
    this.film = null;
    this.owesKey = true;
  }

  /** Copy a frame to where it is encoded, as the browser captured it where the technician reads that. */
  private async read({
    frame,
    width,
    height,
    encoder,
    untold,
    isCurrent,
  }: Wanted): Promise<Written | "colours" | "refused"> {
    const { x, y } = frame.visibleRect ?? { x: 0, y: 0 };
    const rect = { x, y, width, height };
    const mayBePlanes = this.viewer.packets >= PLANES_VERSION && !this.arePlanesRefused;
    const planes = mayBePlanes ? planesOf(frame, untold) : null;
    if (planes !== null) {
      try {
        const buffer = encoder.planeBuffer(width, height, planes.format);
        await frame.copyTo(buffer.data, { layout: buffer.layout, rect });
        return { buffer, colors: planes.colors };
      } catch {
        if (isCurrent()) this.arePlanesRefused = true; // a browser that cannot do what its format promises
        this.repeats = true;
        return "refused";
      }
    }
    const { data, stride } = encoder.frameBuffer(width, height);
    await frame.copyTo(data, { format: FORMAT, layout: [{ offset: 0, stride }], rect } as VideoFrameCopyToOptions);
    return "colours";
  }

  private inColours({ width, height, encoder }: Wanted): Uint8Array | null {
    if (this.film?.isShown) this.begin();
    this.beginKey(encoder);
    const buffer = encoder.frameBuffer(width, height);
    return encoder.encode({ ...buffer, width, height, format: FORMAT }, { version: this.viewer.packets });
  }

  private exactly({ buffer, colors }: Written, wanted: Wanted): Uint8Array | null {
    const { encoder, bytesPerSecond, width, height, now } = wanted;
    const isSlow = bytesPerSecond !== null && this.viewer.films && isSlowFor(width * height, bytesPerSecond);
    const films = isSlow ? this.films() : null;
    if (!isSlow || films === null || this.film?.hasFailed) {
      encoder.forgetKept();
      this.beginKey(encoder);
      return encoder.encodePlanes(buffer, colors);
    }
    if (films === undefined) return null; // it is being loaded, and then looked again
    this.film ??= new films.ScreenFilm(this);
    const { owesKey } = this;
    encoder.keep();
    this.beginKey(encoder);
    const packet = encoder.encodePlanes(buffer, colors);
    if (packet === null || !this.film.begins(packet, colors, bytesPerSecond, now)) return packet;
    encoder.takeBack();
    this.owesKey = owesKey;
    this.repeats = true;
    return null;
  }

  private beginKey(encoder: Encoder): void {
    if (this.owesKey) encoder.keyPicture();
    this.owesKey = false;
  }
}
