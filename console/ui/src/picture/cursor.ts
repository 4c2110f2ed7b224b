/** The customer's pointer as a cursor of this browser, as large as the screen under it. */

import type { PointerShape } from "@deskside/codec/wire/messages";
import { pictureOf } from "./screen";

/** Chromium and Firefox show no cursor that is larger. */
const LARGEST = 128;
/** Nor one larger than this where it would reach beyond the page. */
const LARGEST_AT_EDGE = 32;

/** A cursor in CSS pixels. */
export interface CursorSize {
  width: number;
  height: number;
  hotX: number;
  hotY: number;
}

/** Return a shape at `scale` CSS pixels for each of its own, or as much smaller as `limit` demands. Pure. */
export function cursorSize(shape: Omit<PointerShape, "kind" | "pixels">, scale: number, limit: number): CursorSize {
  const fit = Math.min(scale, limit / shape.width, limit / shape.height);
  return {
    width: shape.width * fit,
    height: shape.height * fit,
    hotX: shape.hot_x * fit,
    hotY: shape.hot_y * fit,
  };
}

/** Return whether a cursor that points at `x`, `y` lies in a window of this size. Pure. */
export function isInside(cursor: CursorSize, x: number, y: number, width: number, height: number): boolean {
  const [left, top] = [x - cursor.hotX, y - cursor.hotY];
  return left >= 0 && top >= 0 && left + cursor.width <= width && top + cursor.height <= height;
}

/** Return the CSS of a shape; `at` is where it points. */
export function cursorOf(shape: PointerShape | undefined, scale: number, at: { x: number; y: number }): string {
  if (shape === undefined) return "default";
  if (shape.width === 0 || shape.height === 0) return "none";
  const whole = cursorSize(shape, scale, LARGEST);
  const isSmall = Math.max(whole.width, whole.height) <= LARGEST_AT_EDGE;
  const reaches = isSmall || isInside(whole, at.x, at.y, innerWidth, innerHeight);
  return css(shape, reaches ? whole : cursorSize(shape, scale, LARGEST_AT_EDGE));
}

const made = new WeakMap<PointerShape, Map<string, string>>();

function css(shape: PointerShape, { width, height, hotX, hotY }: CursorSize): string {
  const key = [width, height, devicePixelRatio].join();
  const known = made.get(shape) ?? new Map<string, string>();
  made.set(shape, known);
  const found = known.get(key);
  if (found !== undefined) return found;
  const plain = `url(${pictureOf(shape, Math.ceil(width), Math.ceil(height))}) ${hotX} ${hotY}, default`;
  const [w, h] = [width, height].map((side) => Math.max(1, Math.round(side * devicePixelRatio))) as [number, number];
  const fine = `image-set(url(${pictureOf(shape, w, h)}) ${devicePixelRatio}x) ${hotX} ${hotY}, default`;
  const used = devicePixelRatio !== 1 && CSS.supports("cursor", fine) ? fine : plain;
  known.set(key, used);
  return used;
}
