/** What a picture packet holds beside its tiles: the header, a video's packet, moves and marks. See codec/picture/packet.py. */

import { Matrix } from "./colorPlanes.gen.ts";
import { BadPacketError } from "./errors.ts";
import { MAX_PIXELS, MAX_SIDE } from "./geometry.gen.ts";
import { type Area, type Grid, gridOf, isInside, TILE } from "./geometry.ts";
import {
  COVERED,
  HEAD_BYTES,
  KEY,
  MAX_MOVES,
  MOVE_BYTES,
  OLDEST_VERSION,
  PLANES_HEAD_BYTES,
  PLANES_VERSION,
  RESTARTS,
  VERSION,
  VIDEO,
  VIDEO_HEAD_BYTES,
} from "./packet.gen.ts";
import { LOSSY, MAX_TILE_BYTES, MEDIAN } from "./tiles.gen.ts";

/** The area shows now what stood at (x - dx, y - dy). `restores`: what it uncovers is taken from under it. */
export interface Move extends Area {
  dx: number;
  dy: number;
  restores: boolean;
}

/** A video's packet, and whether a new stream begins with it. */
export interface VideoPart extends Area {
  packet: Uint8Array;
  restarts: boolean;
}

/** How the planes of a picture become colours. */
export interface PlaneColors {
  matrix: Matrix;
  fullRange: boolean;
}

/** What stands before the compressed part, which begins at `end` and gives `raw` bytes. */
export interface PacketHeader {
  /** The last kind of tile that the packet's version knows. */
  lastKind: number;
  key: boolean;
  width: number;
  height: number;
  raw: number;
  video: VideoPart | undefined;
  /** Where the picture comes in planes. */
  planes: PlaneColors | undefined;
  /** Whether planes change and what is shown stays. */
  isCovered: boolean;
  end: number;
}

/** What version 5 can be: a video covers the planes and never changes them. */
const PLANE_FLAGS: readonly number[] = [0, KEY, VIDEO, VIDEO | RESTARTS, KEY | VIDEO | RESTARTS, COVERED];

/** Whether a packet says that its picture has this size. */
export function hasSize(packet: Uint8Array, width: number, height: number): boolean {
  if (packet.length < HEAD_BYTES) return false;
  const view = viewOf(packet);
  return view.getUint16(2, true) === width && view.getUint16(4, true) === height;
}

/** Throws BadPacketError when `packet` has no head or claims impossible sizes. */
export function readHeader(packet: Uint8Array): PacketHeader {
  if (packet.length < HEAD_BYTES) throw new BadPacketError("the packet is too short");
  const view = viewOf(packet);
  const [version, flags] = [view.getUint8(0), view.getUint8(1)];
  const hasPlanes = version === PLANES_VERSION;
  const isKnown = hasPlanes
    ? PLANE_FLAGS.includes(flags)
    : version >= OLDEST_VERSION && version <= VERSION && flags <= (KEY | VIDEO | RESTARTS);
  if (!isKnown || (flags & (VIDEO | RESTARTS)) === RESTARTS) {
    throw new BadPacketError("this version of a packet is not known");
  }
  const [width, height, raw] = [view.getUint16(2, true), view.getUint16(4, true), view.getUint32(6, true)];
  if (width < 1 || height < 1 || width > MAX_SIDE || height > MAX_SIDE || width * height > MAX_PIXELS) {
    throw new BadPacketError(`a picture of ${width}×${height} is impossible`);
  }
  const grid = gridOf(width, height);
  const start = HEAD_BYTES + (hasPlanes ? PLANES_HEAD_BYTES : 0);
  const planes = hasPlanes ? readPlanes(packet) : undefined;
  const video = (flags & VIDEO) === 0 ? undefined : readVideo(packet, start, grid, (flags & RESTARTS) !== 0);
  const isOnlyVideo = hasPlanes && video !== undefined;
  const least = isOnlyVideo ? 0 : leastBytes(grid);
  const most = isOnlyVideo ? 0 : least + MAX_MOVES * MOVE_BYTES + grid.columns * grid.rows * MAX_TILE_BYTES + 1;
  if (raw < least || raw > most) {
    throw new BadPacketError(`${raw} bytes cannot describe a picture of ${width}×${height}`);
  }
  const end = start + (video === undefined ? 0 : VIDEO_HEAD_BYTES + video.packet.length);
  const lastKind = version === OLDEST_VERSION ? LOSSY : MEDIAN;
  const isCovered = (flags & COVERED) !== 0;
  return { lastKind, key: (flags & KEY) !== 0, width, height, raw, video, planes, isCovered, end };
}

/** Return the moves that `raw` has at `start`, and where they end. Throws BadPacketError. */
export function readMoves(raw: Uint8Array, grid: Grid, start = 0): [Move[], number] {
  const count = raw[start] ?? MAX_MOVES + 1;
  const first = start + 1;
  const end = first + count * MOVE_BYTES;
  if (count > MAX_MOVES || end > raw.length) throw new BadPacketError("too many moves");
  const view = viewOf(raw);
  return [Array.from({ length: count }, (_each, place) => readMove(view, first + place * MOVE_BYTES, grid)), end];
}

/** Return the numbers of the tiles that are marked as changed, from `start` on, and where the marks end. */
export function readMarks(raw: Uint8Array, start: number, grid: Grid): [Uint32Array, number] {
  const tiles = grid.columns * grid.rows;
  const end = start + Math.ceil(tiles / 8);
  if (end > raw.length) throw new BadPacketError("the marks of the tiles are missing");
  const found = new Uint32Array((end - start) * 8);
  let count = 0;
  for (let at = start; at < end; at += 1) {
    for (let bits = raw[at]!, tile = (at - start) * 8; bits !== 0; bits >>= 1, tile += 1) {
      if ((bits & 1) !== 0) {
        found[count] = tile;
        count += 1;
      }
    }
  }
  if (count > 0 && found[count - 1]! >= tiles) throw new BadPacketError("a tile outside the picture is marked");
  return [found.subarray(0, count), end];
}

/** The least that `raw` has of a picture: no move, and a bit for each tile. */
function leastBytes({ columns, rows }: Grid): number {
  return 1 + Math.ceil((columns * rows) / 8);
}

function readPlanes(packet: Uint8Array): PlaneColors {
  const [matrix, range] = packet.subarray(HEAD_BYTES, HEAD_BYTES + PLANES_HEAD_BYTES);
  const isKnown = (matrix === Matrix.BT709 || matrix === Matrix.BT601) && (range === 0 || range === 1);
  if (!isKnown) throw new BadPacketError("this matrix of planes is not known");
  return { matrix, fullRange: range === 1 };
}

function readVideo(packet: Uint8Array, at: number, grid: Grid, restarts: boolean): VideoPart {
  const start = at + VIDEO_HEAD_BYTES;
  if (packet.length < start) throw new BadPacketError("a video's head is cut off");
  const view = viewOf(packet);
  const area = areaAt(view, at);
  const end = start + view.getUint32(at + 8, true);
  if (end > packet.length) throw new BadPacketError("a video's packet is cut off");
  const isWhole = (area.x | area.y | area.width | area.height) % TILE === 0 && area.width > 0 && area.height > 0;
  if (!isWhole || !isInside(area, grid)) throw new BadPacketError("a video reaches beyond the picture");
  return { ...area, packet: packet.subarray(start, end), restarts };
}

function readMove(view: DataView, at: number, grid: Grid): Move {
  const area = areaAt(view, at);
  const [dx, dy, flags] = [view.getInt16(at + 8, true), view.getInt16(at + 10, true), view.getUint8(at + 12)];
  if (flags > 1) throw new BadPacketError("a move of no known kind");
  if (!isInside(area, grid) || !isInside({ ...area, x: area.x - dx, y: area.y - dy }, grid)) {
    throw new BadPacketError("a move reaches beyond the picture");
  }
  return { ...area, dx, dy, restores: flags === 1 };
}

function areaAt(view: DataView, at: number): Area {
  const side = (place: number) => view.getUint16(at + 2 * place, true);
  return { x: side(0), y: side(1), width: side(2), height: side(3) };
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
