/** What a viewer keeps of a picture that comes in planes: the same rules as codec/picture/plane_layers.py. */

import { affected, type ColorPlanes, toRgba } from "./colorPlanes.ts";
import { dirtyAreas, joinedAreas } from "./dirty.ts";
import { BadPacketError } from "./errors.ts";
import { type Area, type Grid, gridOf, TILE } from "./geometry.ts";
import { type PlaneColors, readMarks, readMoves } from "./packet.ts";
import { type Planes, PlaneTiles } from "./planeTiles.ts";
import { SaveUnder } from "./saveUnder.ts";
import { NOT_FILLED } from "./tiles.ts";

/** One of the two pictures: luma, or Cb and Cr. */
class Layer {
  readonly planes: Planes;
  readonly stride: number;
  private readonly grid: Grid;
  private readonly under: readonly SaveUnder[];

  constructor(width: number, height: number, planes: number) {
    this.grid = gridOf(width, height);
    this.stride = this.grid.columns * TILE;
    this.planes = Array.from({ length: planes }, () => new Uint8Array(this.stride * this.grid.rows * TILE));
    this.under = this.planes.map((plane) => new SaveUnder(plane, this.stride, 0));
  }

  /** Carry out what `raw` says from `start` on; return what changed, in pixels of this layer, and where it ends. */
  carryOut(raw: Uint8Array, start: number): [Area[], number] {
    const [moves, marks] = readMoves(raw, this.grid, start);
    const [marked, begin] = readMarks(raw, marks, this.grid);
    const tiles = new PlaneTiles(raw, begin, marked.length, this.planes);
    for (const move of moves) for (const each of this.under) each.apply(move);
    marked.forEach((tile, place) => {
      const column = tile % this.grid.columns;
      const row = (tile - column) / this.grid.columns;
      tiles.paint(place, row * TILE * this.stride + column * TILE, this.stride);
    });
    return [dirtyAreas(moves, marked, this.grid), tiles.end];
  }
}

/** Follows the packets from one key to the next. */
export class PlaneLayers {
  private readonly luma: Layer;
  private readonly chroma: Layer;

  constructor(
    private readonly width: number,
    private readonly height: number,
    readonly colors: PlaneColors,
  ) {
    this.luma = new Layer(width, height, 1);
    this.chroma = new Layer((width + 1) >> 1, (height + 1) >> 1, 2);
  }

  /** The picture's planes, which change with the next packet. */
  get planes(): ColorPlanes {
    const { width, height, colors, luma, chroma } = this;
    const [cb, cr] = chroma.planes;
    return {
      width,
      height,
      luma: luma.planes[0]!,
      lumaStride: luma.stride,
      cb: cb!,
      cr: cr!,
      chromaStride: chroma.stride,
      ...colors,
    };
  }

  /** Carry out what a packet says; return what changed, in pixels of the picture. Throws BadPacketError. */
  change(raw: Uint8Array): Area[] {
    const [inLuma, middle] = this.luma.carryOut(raw, 0);
    const [inChroma, end] = this.chroma.carryOut(raw, middle);
    if (end !== raw.length) throw new BadPacketError(NOT_FILLED);
    return [...inLuma, ...inChroma.map(twice)];
  }

  /**
   * Carry out what a packet says, paint it, or all where that `isWhole`, into `pixels`, whose rows lie `stride` apart, and
   * return the areas that may have changed. Throws BadPacketError.
   */
  paint(raw: Uint8Array, pixels: Uint32Array, stride: number, isWhole: boolean): Area[] {
    const changed = this.change(raw);
    const areas = isWhole ? [{ x: 0, y: 0, width: this.width, height: this.height }] : this.shown(changed);
    const { planes } = this;
    for (const area of areas) toRgba(planes, area, pixels, stride);
    return areas;
  }

  /** Return which pixels look different where these areas of the planes changed. */
  private shown(changed: readonly Area[]): Area[] {
    const areas = changed.map((area) => affected(area, this.width, this.height));
    return joinedAreas(areas.filter((area) => area.width > 0 && area.height > 0));
  }
}

function twice({ x, y, width, height }: Area): Area {
  return { x: 2 * x, y: 2 * y, width: 2 * width, height: 2 * height };
}
