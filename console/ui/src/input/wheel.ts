/** Turns of a wheel, from what browsers make of them. Pure: time is in milliseconds, of any clock that only goes on. */

import { MAX_WHEEL, WHEEL_NOTCH } from "@deskside/codec/wire/messages";

/** A notch as Windows, and so `wheelDelta`, counts it. */
const WHEEL_DELTA = 120;
const PAUSE_MS = 200;
const LINES_A_NOTCH = 3;
const PIXELS_A_NOTCH = 100;
/** A notch is 100, 120 or 138 device pixels or more; the first event of a touchpad's movement never is. */
const LEAST_NOTCH = 90;
/** A Mac makes whole multiples of this from a wheel, as few as one for a slow notch. */
const MAC_STEP = 4.000244140625;
const PIXEL_MODE = 0;
const LINE_MODE = 1;

/** The part of a WheelEvent that counts. `wheelDelta*` is not in every browser, nor the same thing in each. */
export interface Turn {
  deltaX: number;
  deltaY: number;
  deltaMode: number;
  wheelDeltaX?: number;
  wheelDeltaY?: number;
}

/** In 120ths of a notch; positive is down and right. */
export interface Turned {
  across: number;
  along: number;
}

/**
 * A wheel's event is one notch at least, however large the page is drawn. A touchpad's small steps add up, until it
 * pauses or turns back: what is left over then is forgotten.
 */
export class Wheel {
  private readonly axes = [new Axis(), new Axis()] as const;

  /** Return what to turn at the other end; `ratio` is devicePixelRatio, which contains the page's zoom. */
  turn(turn: Turn, ratio: number, at: number): Turned {
    const [across, along] = this.axes;
    return {
      across: across.turn(turn.deltaX, turn.deltaMode, turn.wheelDeltaX, ratio, at),
      along: along.turn(turn.deltaY, turn.deltaMode, turn.wheelDeltaY, ratio, at),
    };
  }
}

class Axis {
  private at = -Infinity;
  private smooth = false;
  private rest = 0;
  private ratio = 0;
  /** Device pixels of one notch: the smallest event so far. */
  private notch = Infinity;

  turn(delta: number, mode: number, legacy: number | undefined, ratio: number, at: number): number {
    if (delta === 0 || !Number.isFinite(delta)) return 0;
    const pixels = Math.abs(delta) * ratio;
    const begins = at - this.at > PAUSE_MS;
    if (ratio !== this.ratio) this.notch = Infinity;
    if (begins) this.smooth = mode === PIXEL_MODE && !isWheel(delta, pixels, legacy);
    if (begins || this.rest * delta < 0) this.rest = 0;
    this.at = at;
    this.ratio = ratio;
    const turned = this.smooth
      ? this.add(delta)
      : Math.sign(delta) * WHEEL_NOTCH * this.notches(delta, mode, pixels, legacy);
    return Math.max(-MAX_WHEEL, Math.min(MAX_WHEEL, turned));
  }

  private add(delta: number): number {
    const whole = this.rest + (delta * WHEEL_NOTCH) / PIXELS_A_NOTCH;
    const turned = Math.trunc(whole);
    this.rest = whole - turned;
    return turned;
  }

  private notches(delta: number, mode: number, pixels: number, legacy: number | undefined): number {
    if (mode !== PIXEL_MODE) return Math.max(1, Math.round(Math.abs(delta) / (mode === LINE_MODE ? LINES_A_NOTCH : 1)));
    if (countsNotches(delta, legacy)) return Math.abs(legacy!) / WHEEL_DELTA;
    if (pixels >= LEAST_NOTCH) this.notch = Math.min(this.notch, pixels);
    return Math.max(1, Math.round(pixels / this.notch));
  }
}

function isWheel(delta: number, pixels: number, legacy: number | undefined): boolean {
  const steps = pixels / MAC_STEP;
  return pixels >= LEAST_NOTCH || countsNotches(delta, legacy) || Math.abs(steps - Math.round(steps)) < 1e-6;
}

/** Windows counts notches in `wheelDelta`, whatever a notch scrolls; elsewhere it may only repeat the pixels. */
function countsNotches(delta: number, legacy: number | undefined): boolean {
  if (legacy === undefined || legacy === 0 || legacy % WHEEL_DELTA !== 0) return false;
  return Math.abs(Math.abs(legacy) - Math.abs(delta)) >= 1;
}
