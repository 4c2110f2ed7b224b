/** Packets of a picture that is nothing but a video: a camera's, or over a screen's planes. See codec/picture/packet.py for their bytes. */

import { BadFrameError } from "./encoder.ts";
import { gridOf, TILE } from "./geometry.ts";
import {
  COVERED,
  HEAD_BYTES,
  KEY,
  OLDEST_VERSION,
  PLANES_HEAD_BYTES,
  PLANES_VERSION,
  RESTARTS,
  VIDEO,
  VIDEO_HEAD_BYTES,
} from "./packet.gen.ts";
import type { PlaneColors } from "./packet.ts";

/** Magic number, no content size and no checksum, a window of 128 KiB: RFC 8878, 3.1.1. */
const STREAM_HEAD = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x38] as const;
const BLOCK_BYTES = 4;
/** A block that is not the last one and says one byte so many times: RFC 8878, 3.1.1.2. */
const REPEATED = 1;
/** Where a packet has its flags. */
const FLAGS = 1;

/**
 * Return the packet whose whole picture is one of a video, of whole tiles. One that `restarts` the video is a key; the
 * others follow it without a gap. There are no tiles: the zstd stream says nothing but zeros, so no compressor is needed.
 *
 * Throws BadFrameError.
 */
export function videoPacket(
  width: number,
  height: number,
  video: Uint8Array,
  restarts: boolean,
): Uint8Array<ArrayBuffer> {
  if (width % TILE !== 0 || height % TILE !== 0) throw new BadFrameError(`${width}×${height} are no whole tiles`);
  const { columns, rows } = gridOf(width, height);
  const raw = 1 + Math.ceil((columns * rows) / 8);
  const stream = restarts ? STREAM_HEAD : [];
  const start = HEAD_BYTES + VIDEO_HEAD_BYTES + video.length;
  const packet = new Uint8Array(start + stream.length + BLOCK_BYTES);
  const view = new DataView(packet.buffer);
  writeHead(view, OLDEST_VERSION, VIDEO | (restarts ? KEY | RESTARTS : 0), width, height, raw);
  writeVideo(view, HEAD_BYTES, width, height, video);
  packet.set(stream, start);
  view.setUint16(start + stream.length, (raw << 3) | (REPEATED << 1), true);
  view.setUint8(start + stream.length + 2, raw >> 13);
  return packet;
}

/**
 * Return the packet of a video over all of a picture in planes, which stay as they are. As a `key` it begins them again,
 * and must restart the video; else one with the same `colors` came before.
 */
export function coverPacket(
  width: number,
  height: number,
  { matrix, fullRange }: PlaneColors,
  video: Uint8Array,
  { restarts, key }: { restarts: boolean; key: boolean },
): Uint8Array<ArrayBuffer> {
  const { columns, rows } = gridOf(width, height);
  const start = HEAD_BYTES + PLANES_HEAD_BYTES;
  const packet = new Uint8Array(start + VIDEO_HEAD_BYTES + video.length);
  const view = new DataView(packet.buffer);
  writeHead(view, PLANES_VERSION, VIDEO | (restarts ? RESTARTS : 0) | (key ? KEY : 0), width, height, 0);
  view.setUint8(HEAD_BYTES, matrix);
  view.setUint8(HEAD_BYTES + 1, fullRange ? 1 : 0);
  writeVideo(view, start, columns * TILE, rows * TILE, video);
  return packet;
}

/** Whether a packet is a key. */
export function isKey(packet: Uint8Array): boolean {
  return (packet[FLAGS]! & KEY) !== 0;
}

/** Have a packet of planes build on those that a video's key began; one that is `covered` does not show them. */
export function buildOnCover(packet: Uint8Array, covered: boolean): void {
  packet[FLAGS] = covered ? COVERED : 0;
}

function writeHead(view: DataView, version: number, flags: number, width: number, height: number, raw: number): void {
  view.setUint8(0, version);
  view.setUint8(FLAGS, flags);
  view.setUint16(2, width, true);
  view.setUint16(4, height, true);
  view.setUint32(6, raw, true);
}

/** Write a video's part that begins in the corner of the picture. */
function writeVideo(view: DataView, at: number, width: number, height: number, video: Uint8Array): void {
  view.setUint16(at + 4, width, true);
  view.setUint16(at + 6, height, true);
  view.setUint32(at + 8, video.length, true);
  new Uint8Array(view.buffer).set(video, at + VIDEO_HEAD_BYTES);
}
