/**
 * A film over a shared screen whose changes the line cannot carry exactly. What is beneath becomes exact in parts as soon
 * as the screen rests, and then it is shown. When that is: filmTimes.ts.
 */

import { BAND_LINES } from "@deskside/codec/picture/encoder";
import { TILE } from "@deskside/codec/picture/geometry";
import type { PlaneColors } from "@deskside/codec/picture/packet";
import { buildOnCover, coverPacket, isKey } from "@deskside/codec/picture/videoPackets";
import { Film } from "./film.ts";
import { FilmTimes, partBytes } from "./filmTimes.ts";
import type { Wanted, Written } from "./screenPictures.ts";

/** What is known of a film that is shown. */
interface Cover {
  colors: PlaneColors;
  /** The frame that it shows. */
  filmed: VideoFrame | null;
  /** Whether the planes begin with it, so that what the encoder takes for a key is none. */
  isFirst: boolean;
  /** Whether the film was written last, and nothing of what is beneath. */
  isNewest: boolean;
  /** Whether its next picture must begin a stream: one was written and not sent. */
  restarts: boolean;
  /** The band that becomes exact next. */
  band: number;
  /** What is not exact has about so many bytes, null where that is not known. */
  left: number | null;
}

/** What owns the film. */
interface Owner {
  /** Whether the technician has nothing of the screen: the next packet must be a key. */
  owesKey: boolean;
  /** Set where nothing was written and something else can be at once. */
  repeats: boolean;
}

/** The film over one shared screen, while it is shown and before. */
export class ScreenFilm {
  /** Whether this browser's encoder has failed: there is no film any more. */
  hasFailed = false;
  private readonly times = new FilmTimes();
  private cover: Cover | null = null;
  private film: Film | null = null;

  constructor(private readonly owner: Owner) {}

  /** Whether the technician sees it, or is about to. */
  get isShown(): boolean {
    return this.cover !== null;
  }

  /** Seconds until something is written though nothing changes, null where nothing is. */
  again(now: number): number | null {
    return this.cover === null ? null : this.times.restsIn(now);
  }

  /** Whether a film begins in the place of an exact packet. If not, that is sent. */
  begins(packet: Uint8Array, colors: PlaneColors, bytesPerSecond: number, now: number): boolean {
    if (!this.times.isTooMuch(packet.length, bytesPerSecond, now)) return false;
    this.times.begin(now);
    this.cover = { colors, filmed: null, isFirst: false, isNewest: false, restarts: true, band: 0, left: null };
    return true;
  }

  /** Whether what is beneath comes next. */
  isExactDue({ frame, now }: Wanted): boolean {
    const { cover } = this;
    if (this.owner.owesKey || cover === null) return false;
    const isRest = this.times.restsIn(now) === 0 && (cover.isNewest || frame === cover.filmed);
    return isRest || this.times.mayTry(now);
  }

  /** End it. */
  close(): void {
    this.film?.close();
    this.film = null;
    this.cover = null;
  }

  /** Return the next picture of the film, null where it shows this frame. */
  async next(wanted: Wanted): Promise<Uint8Array | null> {
    const { frame, encoder, width, height, bytesPerSecond, now, isCurrent } = wanted;
    const { owesKey } = this.owner;
    const cover = this.cover!;
    if (frame === cover.filmed && !owesKey) return null;
    const film = this.filmOf(Math.ceil(width / TILE) * TILE, Math.ceil(height / TILE) * TILE);
    const restarts = owesKey || cover.restarts;
    try {
      const written = await film.write(frame, bytesPerSecond ?? 0, restarts, now);
      if (this.cover !== cover) return null;
      if (!isCurrent() || (written !== null && restarts && !written.restarts)) {
        cover.restarts = true; // what follows would build on what is not sent
        return null;
      }
      cover.filmed = frame;
      cover.isNewest = true;
      if (written === null) return null;
      cover.restarts = false;
      this.times.filmed(written.changed * width * height, bytesPerSecond ?? 0, now);
      if (this.times.restsIn(now) > 0) cover.left = null;
      if (owesKey) {
        encoder.keyPicture();
        cover.isFirst = true;
        this.owner.owesKey = false;
      }
      return coverPacket(width, height, cover.colors, written.video, { restarts: written.restarts, key: owesKey });
    } catch (error) {
      if (this.cover !== cover) return null;
      console.warn("what moves is no longer written as a film", error);
      this.close();
      this.hasFailed = true;
      this.owner.owesKey = true;
      this.owner.repeats = true;
      return null;
    }
  }

  private filmOf(width: number, height: number): Film {
    if (this.film?.width !== width || this.film.height !== height) {
      this.film?.close();
      this.film = new Film(width, height);
    }
    return this.film;
  }

  /** Return what is beneath the film: all of it, which ends the film, or the next part of it. */
  beneath({ buffer, colors }: Written, wanted: Wanted): Uint8Array | null {
    const cover = this.cover!;
    const { encoder, bytesPerSecond, now } = wanted;
    const rate = bytesPerSecond ?? 0;
    const rests = this.times.restsIn(now) === 0;
    encoder.keep();
    const isSameColors = isSame(colors, cover.colors);
    if (cover.left === null || !isSameColors || this.times.mayEnd(cover.left, rate)) {
      encoder.owePicture();
      const packet = encoder.encodePlanes(buffer, colors)!;
      const isOther = isKey(packet) && !(cover.isFirst && isSameColors);
      if (isOther || this.times.mayEnd(packet.length, rate)) {
        if (!isOther) buildOnCover(packet, false);
        this.close();
        return packet;
      }
      encoder.takeBack();
      if (!rests) {
        this.owner.repeats = true;
        return null;
      }
      cover.left = packet.length;
    }
    return this.part(cover, cover.left, { buffer, colors }, wanted);
  }

  /** Write so many bands, of which all have `left` bytes, as the line carries in a short while. */
  private part(
    cover: Cover,
    left: number,
    { buffer, colors }: Written,
    { encoder, height, bytesPerSecond }: Wanted,
  ): Uint8Array | null {
    const bands = Math.ceil(height / BAND_LINES);
    const most = partBytes(bytesPerSecond ?? 0);
    let count = Math.max(1, Math.floor((bands * most) / left));
    for (let tried = 0; tried < 2 * bands; tried += 1) {
      const end = Math.min(cover.band + count, bands);
      const packet = encoder.encodePlanes(buffer, colors, { first: cover.band, end });
      if (packet !== null && (packet.length <= 2 * most || count === 1)) {
        buildOnCover(packet, true);
        cover.band = end % bands;
        cover.left = Math.max(0, left - packet.length);
        cover.isFirst = false;
        cover.isNewest = false;
        return packet;
      }
      encoder.takeBack();
      if (packet === null) cover.band = end % bands;
      else count = Math.max(1, Math.floor(count / 2));
    }
    cover.left = null; // what was left is exact by now
    this.owner.repeats = true;
    return null;
  }
}

function isSame(one: PlaneColors, other: PlaneColors): boolean {
  return one.matrix === other.matrix && one.fullRange === other.fullRange;
}
