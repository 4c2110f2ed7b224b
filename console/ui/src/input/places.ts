/** Where things are: how large a display is drawn, and which 65,536th of it a point on the page means. Pure. */

import { POSITIONS } from "@deskside/codec/wire/messages";

export type Zoom = "fit" | number;

export interface Size {
  width: number;
  height: number;
}

/**
 * Return the CSS size of a display of `display` pixels inside `area` (CSS pixels). A number is device pixels for each
 * pixel of the display, so that 1 is exact on every screen; "fit" never enlarges beyond that.
 */
export function drawnSize(display: Size, area: Size, zoom: Zoom, ratio: number): Size {
  const fit = Math.min(area.width / display.width, area.height / display.height, 1 / ratio);
  const scale = zoom === "fit" ? Math.max(fit, 0.01) : zoom / ratio;
  return { width: display.width * scale, height: display.height * scale };
}

/** Return where a display drawn at `drawn` begins in `area`: in the middle, on a whole device pixel, so it stays sharp. */
export function corner(drawn: Size, area: Size, ratio: number): { x: number; y: number } {
  const middle = (whole: number, part: number) => Math.max(0, Math.floor(((whole - part) / 2) * ratio) / ratio);
  return { x: middle(area.width, drawn.width), y: middle(area.height, drawn.height) };
}

/** Return the middle of the device pixel that a pointer is on; browsers give its corner, or a place inside. */
export function pointed(at: number, ratio: number): number {
  return (Math.floor(at * ratio) + 0.5) / ratio;
}

/** Return the position of a point that lies `x`, `y` CSS pixels from the corner of a display drawn at `drawn`. */
export function positionOf(x: number, y: number, drawn: Size, display: Size): { x: number; y: number } {
  return { x: along(x, drawn.width, display.width), y: along(y, drawn.height, display.height) };
}

/** The middle of the pixel that was meant, so that rounding down at the other end gives that pixel. */
function along(at: number, drawn: number, pixels: number): number {
  const pixel = Math.min(Math.max(Math.floor((at / drawn) * pixels), 0), pixels - 1);
  return Math.floor(((pixel + 0.5) * POSITIONS) / pixels);
}
