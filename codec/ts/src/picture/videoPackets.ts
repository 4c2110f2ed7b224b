/** Packets of a picture that is nothing but a video: a camera's. See codec/picture/packet.py for their bytes. */

import { BadFrameError } from "./encoder.ts";
import { gridOf, TILE } from "./geometry.ts";
import { HEAD_BYTES, KEY, OLDEST_VERSION, RESTARTS, VIDEO, VIDEO_HEAD_BYTES } from "./packet.gen.ts";

/** Magic number, no content size and no checksum, a window of 128 KiB: RFC 8878, 3.1.1. */
const STREAM_HEAD = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x38] as const;
const BLOCK_BYTES = 4;
/** A block that is not the last one and says one byte so many times: RFC 8878, 3.1.1.2. */
const REPEATED = 1;

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
  view.setUint8(0, OLDEST_VERSION);
  view.setUint8(1, VIDEO | (restarts ? KEY | RESTARTS : 0));
  view.setUint16(2, width, true);
  view.setUint16(4, height, true);
  view.setUint32(6, raw, true);
  view.setUint16(HEAD_BYTES + 4, width, true);
  view.setUint16(HEAD_BYTES + 6, height, true);
  view.setUint32(HEAD_BYTES + 8, video.length, true);
  packet.set(video, HEAD_BYTES + VIDEO_HEAD_BYTES);
  packet.set(stream, start);
  view.setUint16(start + stream.length, (raw << 3) | (REPEATED << 1), true);
  view.setUint8(start + stream.length + 2, raw >> 13);
  return packet;
}
