/** Which parts of the picture must be painted again, as few rectangles with little in them that did not change. */

import { type Area, type Grid, TILE } from "./geometry.ts";
import type { Move } from "./packet.ts";

/** Tiles that are not changed are painted too where that joins two rectangles of one row. */
const GAP = 3;
/** A canvas takes about as long for one more rectangle as for some thousand pixels: of many, one is made. */
const MOST = 40;

/** Return the areas that moves and tiles may have changed. `marked` are tile numbers in rising order. */
export function dirtyAreas(moves: readonly Move[], marked: Uint32Array, grid: Grid): Area[] {
  const areas = moves.flatMap(movedAreas);
  const tiles = joinedTiles(marked, grid);
  return tiles.length > MOST ? [...areas, around(tiles)] : [...areas, ...tiles];
}

/** Join areas where that has no more pixels than both: a pixel that is painted twice takes its time twice. */
export function joinedAreas(areas: readonly Area[]): Area[] {
  const joined: Area[] = [];
  for (let area of areas) {
    for (let place = 0; place < joined.length; ) {
      const both = around([area, joined[place]!]);
      if (sizeOf(both) > sizeOf(area) + sizeOf(joined[place]!)) {
        place += 1;
        continue;
      }
      area = both;
      joined.splice(place, 1);
      place = 0; // what did not join before may now
    }
    joined.push(area);
  }
  return joined;
}

function sizeOf({ width, height }: Area): number {
  return width * height;
}

function movedAreas(move: Move): Area[] {
  const target = { x: move.x, y: move.y, width: move.width, height: move.height };
  if (!move.restores) return [target];
  const source = { ...target, x: move.x - move.dx, y: move.y - move.dy };
  const both = around([target, source]);
  const apart = both.width * both.height > 2 * (target.width * target.height);
  return apart ? [target, source] : [both];
}

/** Join tiles of a row to runs, and equal runs of rows that follow one another to rectangles. */
function joinedTiles(marked: Uint32Array, { columns }: Grid): Area[] {
  const done: Area[] = [];
  let above: Area[] = [];
  for (let at = 0; at < marked.length; ) {
    const row = Math.floor(marked[at]! / columns);
    const runs: Area[] = [];
    let last = -Infinity;
    for (; at < marked.length && marked[at]! < (row + 1) * columns; at += 1) {
      const column = marked[at]! - row * columns;
      if (column - last > GAP) runs.push({ x: column * TILE, y: row * TILE, width: TILE, height: TILE });
      else runs[runs.length - 1]!.width = (column + 1) * TILE - runs[runs.length - 1]!.x;
      last = column;
    }
    above = runs.map((run) => {
      const upper = above.find(
        (each) => each.x === run.x && each.width === run.width && each.y + each.height === run.y,
      );
      if (upper === undefined) {
        done.push(run);
        return run;
      }
      upper.height += TILE;
      return upper;
    });
  }
  return done;
}

function around(areas: readonly Area[]): Area {
  const x = Math.min(...areas.map((area) => area.x));
  const y = Math.min(...areas.map((area) => area.y));
  const right = Math.max(...areas.map((area) => area.x + area.width));
  const bottom = Math.max(...areas.map((area) => area.y + area.height));
  return { x, y, width: right - x, height: bottom - y };
}
