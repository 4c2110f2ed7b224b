/** A picture and, under it, what moved rectangles have covered: the same rules as codec/picture/save_under.py. */

import type { Area } from "./geometry.ts";
import type { Move } from "./packet.ts";

/** Words of colours, or bytes of a plane. */
type Pixels = Uint32Array | Uint8Array;

export class SaveUnder {
  /** Made with the first move: many pictures have none. */
  private under: Pixels | undefined;

  /** `pixels` is a picture of whole tiles, whose rows lie `stride` apart. It becomes `blank`. */
  constructor(
    private readonly pixels: Pixels,
    private readonly stride: number,
    private readonly blank: number,
  ) {
    pixels.fill(blank);
  }

  /** Begin another picture of the same size, in the same memory. */
  restart(): void {
    this.pixels.fill(this.blank);
    this.under?.fill(this.blank);
  }

  /** What the move newly covers is kept under it; what it uncovers is put back where the move says so. */
  apply(move: Move): void {
    this.under ??= this.pixels.slice().fill(this.blank);
    const target = { x: move.x, y: move.y, width: move.width, height: move.height };
    const source = { ...target, x: move.x - move.dx, y: move.y - move.dy };
    for (const part of without(target, source)) copy(this.pixels, this.under, part, this.stride);
    this.shift(move);
    if (!move.restores) return;
    for (const part of without(source, target)) copy(this.under, this.pixels, part, this.stride);
  }

  /** Copy line by line, beginning at the end that is not overwritten before it was read. */
  private shift({ x, y, width, height, dx, dy }: Move): void {
    const { pixels, stride } = this;
    for (let turn = 0; turn < height; turn += 1) {
      const line = dy > 0 ? height - 1 - turn : turn;
      const from = (y - dy + line) * stride + x - dx;
      pixels.copyWithin((y + line) * stride + x, from, from + width);
    }
  }
}

/** Return the parts of an area that lie outside another: above, below, left and right of what they share. */
function without(area: Area, other: Area): Area[] {
  const [right, bottom] = [area.x + area.width, area.y + area.height];
  const left = Math.max(area.x, other.x);
  const top = Math.max(area.y, other.y);
  const width = Math.min(right, other.x + other.width) - left;
  const height = Math.min(bottom, other.y + other.height) - top;
  if (width <= 0 || height <= 0) return [area];
  return [
    { x: area.x, y: area.y, width: area.width, height: top - area.y },
    { x: area.x, y: top + height, width: area.width, height: bottom - top - height },
    { x: area.x, y: top, width: left - area.x, height },
    { x: left + width, y: top, width: right - left - width, height },
  ].filter((part) => part.width > 0 && part.height > 0);
}

function copy(from: Pixels, to: Pixels, area: Area, stride: number): void {
  for (let line = area.y * stride + area.x, y = 0; y < area.height; y += 1, line += stride) {
    to.set(from.subarray(line, line + area.width), line);
  }
}
