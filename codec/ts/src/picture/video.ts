/** A video's stream: VP9 through WebCodecs, one packet in, one picture out. See codec/picture/video.py for what is written. */

import { BadPacketError } from "./errors.ts";
import type { Area } from "./geometry.ts";

/** Bits per channel, colours in 4:2:0 and profile are always the same; the level says how large a picture may be. */
const LEVELS: readonly (readonly [pixels: number, level: string])[] = [
  [122_880, "20"],
  [552_960, "30"],
  [2_228_224, "40"],
  [8_912_896, "50"],
  [35_651_584, "60"],
];
const PATIENCE_MS = 1_000;
/** The transfer is said to be sRGB's, so that nothing but the matrix and the range is computed: as the applet wrote it. */
export const COLOURS = { primaries: "bt709", transfer: "iec61966-2-1", matrix: "bt709", fullRange: false } as const;
/** A VP9 packet of profile 0 that shows one new picture, and nothing that was kept: marker, profile, shown. */
const FIRST_BYTE = { mask: 0b1111_1010, value: 0b1000_0010, delta: 0b100 } as const;
const SYNC = [0x49, 0x83, 0x42] as const;

let supported: Promise<boolean> | undefined;

/** Whether this browser decodes videos. It is asked once. */
export function decodesVideos(): Promise<boolean> {
  supported ??= askOnce();
  return supported;
}

async function askOnce(): Promise<boolean> {
  if (typeof VideoDecoder === "undefined") return false;
  try {
    return (await VideoDecoder.isConfigSupported(configurationOf(1920, 1072))).supported === true;
  } catch {
    return false;
  }
}

interface Waiting {
  resolve(frame: VideoFrame): void;
  reject(error: BadPacketError): void;
  late: ReturnType<typeof setTimeout>;
}

export class VideoReader {
  private readonly decoder: VideoDecoder;
  /** Not the picture itself: `copyTo` wants room for a whole line after the last one. */
  private readonly rows: Uint32Array<ArrayBuffer>;
  private waiting: Waiting | undefined;
  private number = 0;

  /** Throws BadPacketError where this browser has no decoder for videos. */
  constructor(
    readonly width: number,
    readonly height: number,
  ) {
    if (typeof VideoDecoder === "undefined") throw new BadPacketError("this browser does not decode videos");
    this.rows = new Uint32Array(width * height);
    this.decoder = new VideoDecoder({
      output: (frame) => this.answer(frame),
      error: (error) => this.fail(`the video cannot be decoded: ${error.message}`),
    });
    this.decoder.configure(configurationOf(width, height));
  }

  /**
   * Decode a packet and paint its picture into `pixels` at `area`, where rows lie `stride` pixels apart. Rejects with
   * BadPacketError. One at a time.
   */
  async paint(packet: Uint8Array, area: Area, pixels: Uint32Array, stride: number): Promise<void> {
    this.check(packet);
    const frame = await this.decode(packet);
    try {
      const shown = frame.visibleRect;
      if (shown?.width !== this.width || shown.height !== this.height) {
        throw new BadPacketError("a video's packet does not give one picture of its rectangle");
      }
      await read(frame, this.rows);
    } catch (error) {
      throw error instanceof BadPacketError ? error : new BadPacketError(`the video cannot be shown: ${error}`);
    } finally {
      frame.close();
    }
    for (let y = 0, from = 0; y < this.height; y += 1, from += this.width) {
      pixels.set(this.rows.subarray(from, from + this.width), (area.y + y) * stride + area.x);
    }
  }

  /** Let go of the decoder. What is awaited is rejected. */
  close(): void {
    this.fail("the video is over");
    if (this.decoder.state !== "closed") this.decoder.close();
  }

  private decode(packet: Uint8Array): Promise<VideoFrame> {
    const promise = new Promise<VideoFrame>((resolve, reject) => {
      const late = setTimeout(() => this.fail("the video's decoder gave no picture"), PATIENCE_MS);
      this.waiting = { resolve, reject, late };
    });
    try {
      const type = this.number === 0 ? "key" : "delta";
      this.decoder.decode(new EncodedVideoChunk({ type, timestamp: this.number, data: asOne(packet) }));
      this.number += 1;
    } catch (error) {
      this.fail(`the video cannot be decoded: ${error}`);
    }
    return promise;
  }

  /**
   * A stream begins with a whole picture of its size, each that follows has the size of one before, and no packet holds
   * a second one (`asOne`): nothing larger is ever decoded.
   */
  private check(packet: Uint8Array): void {
    const first = packet[0] ?? 0;
    if ((first & FIRST_BYTE.mask) !== FIRST_BYTE.value) throw new BadPacketError("this is no video's packet");
    if ((first & FIRST_BYTE.delta) !== 0 && this.number > 0) {
      if (!keepsItsSize(packet)) throw new BadPacketError("a video does not keep its size");
      return;
    }
    const [width, height] = sizeIn(packet);
    if (width !== this.width || height !== this.height) throw new BadPacketError("a video does not have its size");
  }

  private answer(frame: VideoFrame): void {
    const waiting = this.waited();
    if (waiting === undefined) frame.close();
    else waiting.resolve(frame);
  }

  private fail(reason: string): void {
    this.waited()?.reject(new BadPacketError(reason));
  }

  /** Return who waits, who does so no more. */
  private waited(): Waiting | undefined {
    const { waiting } = this;
    this.waiting = undefined;
    clearTimeout(waiting?.late);
    return waiting;
  }
}

/** What WebCodecs calls such videos of this size. */
export function codecOf(width: number, height: number): string {
  return `vp09.00.${LEVELS.find(([pixels]) => width * height <= pixels)?.[1] ?? "62"}.08`;
}

function configurationOf(width: number, height: number): VideoDecoderConfig {
  return {
    codec: codecOf(width, height),
    codedWidth: width,
    codedHeight: height,
    colorSpace: COLOURS,
    hardwareAcceleration: "no-preference",
    optimizeForLatency: true,
  };
}

/** Return width and height from the head of a whole picture: VP9 bitstream specification, 6.2. Throws BadPacketError. */
function sizeIn(packet: Uint8Array): [number, number] {
  if (packet.length < 9 || (packet[0]! & FIRST_BYTE.delta) !== 0 || SYNC.some((byte, at) => packet[at + 1] !== byte)) {
    throw new BadPacketError("a video does not begin with a whole picture");
  }
  // Three bits of colour space and one of range stand before two numbers of sixteen bits, each less one.
  const number = (at: number) => ((packet[at]! & 15) << 12) | (packet[at + 1]! << 4) | (packet[at + 2]! >> 4);
  return [number(4) + 1, number(6) + 1];
}

/** Whether a picture that builds on others says that it has the size of one of them: bitstream specification, 7.2. */
function keepsItsSize(packet: Uint8Array): boolean {
  const bit = (at: number) => (packet[at >> 3]! >> (7 - (at & 7))) & 1;
  // Behind the first byte stand what is reset (2 bits, but for error-resilient pictures), which pictures it replaces (8)
  // and which three it builds on (4 each); then a bit for each of those: whether it has the size of that one.
  const at = 8 + (bit(7) === 1 ? 0 : 2) + 8 + 3 * 4;
  return packet.length > (at + 2) >> 3 && (bit(at) | bit(at + 1) | bit(at + 2)) === 1;
}

/**
 * Return a packet with an index behind it (bitstream specification, annex B) that says: this is one picture. A decoder
 * would else go on with whatever stands behind the first, of any size.
 */
function asOne(packet: Uint8Array): Uint8Array {
  const { length } = packet;
  const marker = 0b110_11_000;
  const whole = new Uint8Array(length + 6);
  whole.set(packet);
  whole.set([marker, length, length >> 8, length >> 16, length >> 24, marker], length);
  return whole;
}

/** Write the frame's pixels, one word each, into `rows`, which is as large as the frame. */
async function read(frame: VideoFrame, rows: Uint32Array<ArrayBuffer>): Promise<void> {
  // A browser that does not turn colours ignores the format, and would need another size for it.
  if (frame.allocationSize({ format: "RGBA" }) === rows.byteLength) {
    await frame.copyTo(rows, { format: "RGBA", colorSpace: "srgb" });
    return;
  }
  const { width, height } = frame.visibleRect!;
  const context = new OffscreenCanvas(width, height).getContext("2d", { alpha: false })!;
  context.drawImage(frame, 0, 0);
  rows.set(new Uint32Array(context.getImageData(0, 0, width, height).data.buffer));
}
