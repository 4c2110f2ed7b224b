/** How a picture is cut into tiles, as codec/picture/geometry.py does it. */

import { TILE } from "./geometry.gen.ts";

export { TILE };

/** A part of the picture, in pixels. */
export interface Area {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** The tiles of a picture; the last column and row may reach beyond its edge. */
export interface Grid {
  columns: number;
  rows: number;
}

/** Return the tiles of a picture of this size in pixels. */
export function gridOf(width: number, height: number): Grid {
  return { columns: Math.ceil(width / TILE), rows: Math.ceil(height / TILE) };
}

/** Whether an area is within the whole tiles. */
export function isInside({ x, y, width, height }: Area, grid: Grid): boolean {
  return x >= 0 && y >= 0 && x + width <= grid.columns * TILE && y + height <= grid.rows * TILE;
}
