/** Picture packets back into pixels: the same rules as codec/picture/decoder.py, with RGBA for a canvas at the end. */

import type { ColorPlanes } from "./colorPlanes.ts";
import { dirtyAreas } from "./dirty.ts";
import { BadPacketError } from "./errors.ts";
import { type Area, type Grid, gridOf, TILE } from "./geometry.ts";
import { type PacketHeader, readHeader, readMarks, readMoves, type VideoPart } from "./packet.ts";
import { PlaneLayers } from "./planeLayers.ts";
import { SaveUnder } from "./saveUnder.ts";
import { TileReader } from "./tiles.ts";
import { VideoReader } from "./video.ts";
import { Zstd } from "./zstd.ts";

const BLACK = 0xff000000;

/** What lives from one key to the next. */
interface Stream {
  /** Where the picture comes in planes. */
  planes: PlaneLayers | undefined;
  saveUnder: SaveUnder;
  video: VideoReader | undefined;
  /** Whether what is shown are not the planes, but what a video showed over them. */
  isCovered: boolean;
}

export class Decoder {
  width = 0;
  height = 0;
  /** The picture, padded to whole tiles: one word a pixel, R in the lowest byte. */
  pixels = new Uint32Array(0);
  private grid: Grid = { columns: 0, rows: 0 };
  private stream: Stream | undefined;
  /** Both are kept from key to key: a picture's memory is taken once. */
  private readonly zstd: Zstd;
  private saveUnder: SaveUnder | undefined;

  constructor(code: WebAssembly.Module) {
    this.zstd = new Zstd(code);
  }

  /** Width of `pixels` in pixels. */
  get stride(): number {
    return this.grid.columns * TILE;
  }

  /** What the browser captured, where the picture came in planes; it changes with the next packet. */
  get planes(): ColorPlanes | undefined {
    return this.stream?.planes?.planes;
  }

  /**
   * Apply a packet and return the areas that may have changed, later where a video must be decoded: wait for it before
   * the next packet. Throws, or rejects with, BadPacketError; nothing but a key is taken after that.
   */
  decode(packet: Uint8Array): Area[] | Promise<Area[]> {
    const head = readHeader(packet);
    if (head.key) this.begin(head);
    const { stream } = this;
    const isSame = head.width === this.width && head.height === this.height && isSameForm(head, stream);
    if (stream === undefined || !isSame) {
      throw new BadPacketError("an update came without the whole picture that it belongs to");
    }
    try {
      const finish = this.prepare(stream, head, packet);
      return head.video === undefined ? finish() : this.afterVideo(stream, head.video, finish);
    } catch (error) {
      this.forget();
      throw error;
    }
  }

  /** Let go of everything but the pixels: only a key is taken after this. */
  forget(): void {
    this.stream?.video?.close();
    this.stream = undefined;
  }

  private begin({ width, height, planes }: PacketHeader): void {
    this.forget();
    this.grid = gridOf(width, height);
    if (this.saveUnder === undefined || width !== this.width || height !== this.height) {
      this.width = width;
      this.height = height;
      this.saveUnder = undefined; // before the next one is made: both at once would be twice the memory
      this.pixels = new Uint32Array(0);
      this.pixels = new Uint32Array(this.grid.columns * this.grid.rows * TILE * TILE);
      this.saveUnder = new SaveUnder(this.pixels, this.stride, BLACK);
    } else {
      this.saveUnder.restart();
    }
    this.zstd.restart();
    const layers = planes === undefined ? undefined : new PlaneLayers(width, height, planes);
    this.stream = { saveUnder: this.saveUnder, planes: layers, video: undefined, isCovered: false };
  }

  /** Carry out the moves, and return what paints the tiles: a video comes between them. */
  private prepare(stream: Stream, head: PacketHeader, packet: Uint8Array): () => Area[] {
    if (stream.planes !== undefined) return this.preparePlanes(stream, stream.planes, head, packet);
    const raw = this.zstd.next(packet.subarray(head.end), head.raw);
    const [moves, marks] = readMoves(raw, this.grid);
    const [marked, start] = readMarks(raw, marks, this.grid);
    const tiles = new TileReader(raw, start, marked.length, head.lastKind);
    for (const move of moves) stream.saveUnder.apply(move);
    return () => {
      this.paint(tiles, marked);
      if (head.key) return [{ x: 0, y: 0, width: this.width, height: this.height }];
      const areas = dirtyAreas(moves, marked, this.grid);
      return head.video === undefined ? areas : [head.video, ...areas];
    };
  }

  private preparePlanes(stream: Stream, planes: PlaneLayers, head: PacketHeader, packet: Uint8Array): () => Area[] {
    const wasCovered = stream.isCovered;
    stream.isCovered = head.video !== undefined || head.isCovered;
    const { video } = head;
    if (video !== undefined) {
      if (packet.length > head.end) throw new BadPacketError("a video over planes has tiles");
      return () => [head.key ? { x: 0, y: 0, width: this.width, height: this.height } : video];
    }
    const raw = this.zstd.next(packet.subarray(head.end), head.raw);
    if (!head.isCovered) return () => planes.paint(raw, this.pixels, this.stride, head.key || wasCovered);
    planes.change(raw);
    return () => [];
  }

  private async afterVideo(stream: Stream, video: VideoPart, finish: () => Area[]): Promise<Area[]> {
    try {
      const reader = this.reader(stream, video);
      await reader.paint(video.packet, video, this.pixels, this.stride);
      if (this.stream !== stream) throw new BadPacketError("the picture was given up");
      return finish();
    } catch (error) {
      if (this.stream === stream) this.forget();
      throw error;
    }
  }

  private reader(stream: Stream, video: VideoPart): VideoReader {
    if (video.restarts) {
      stream.video?.close();
      stream.video = new VideoReader(video.width, video.height);
    } else if (stream.video?.width !== video.width || stream.video.height !== video.height) {
      throw new BadPacketError("a video goes on that has not begun");
    }
    return stream.video;
  }

  private paint(tiles: TileReader, marked: Uint32Array): void {
    const { pixels, stride } = this;
    const { columns } = this.grid;
    for (let place = 0; place < marked.length; place += 1) {
      const tile = marked[place]!;
      const column = tile % columns;
      const row = (tile - column) / columns;
      tiles.paint(place, pixels, row * TILE * stride + column * TILE, stride);
    }
  }
}

/** Whether an update is of colours as its key was, or of planes of the same matrix and range. */
function isSameForm({ planes }: PacketHeader, stream: Stream | undefined): boolean {
  const colors = stream?.planes?.colors;
  return planes?.matrix === colors?.matrix && planes?.fullRange === colors?.fullRange;
}
