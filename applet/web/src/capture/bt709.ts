/**
 * A frame as a video of ours has it: planes in 4:2:0, BT.709 of limited range (codec/picture/video.py). Cameras and
 * screens give BT.601, some cameras in the full range, so the planes are computed again.
 */

import { COLOURS } from "@deskside/codec/picture/video";

/** What Y, Cb and Cr mean: how much red and blue count in Y, and where black, white and the colours' ends are. */
interface Meaning {
  red: number;
  blue: number;
  black: number;
  range: number;
  colorRange: number;
}

const LIMITED = { black: 16, range: 219, colorRange: 224 } as const;
const FULL = { black: 0, range: 255, colorRange: 255 } as const;
const BT601 = { red: 0.299, blue: 0.114 } as const;
const BT709 = { red: 0.2126, blue: 0.0722 } as const;
const OURS: Meaning = { ...BT709, ...LIMITED };
/** Sums are in parts of so many bits. */
const BITS = 16;
/** Of so many pixels of a line, and of so many lines, one is compared with the frame before. */
const COMPARED = { across: 4, down: 2 } as const;
const HALF = 1 << (BITS - 1);

/** Computes frames of one size, whose sides are even. Its memory is taken once. */
export class Bt709 {
  private readonly planes: Uint8ClampedArray<ArrayBuffer>;
  private pixels = new Uint8Array(0);
  private readonly compared: Uint8Array;
  /** How much of the last frame was not as in the one before, from 0 to 1. */
  changed = 1;
  private readonly tables = new Map<string, Tables>();

  constructor(
    readonly width: number,
    readonly height: number,
  ) {
    this.planes = new Uint8ClampedArray((width * height * 3) / 2);
    this.compared = new Uint8Array(Math.ceil(width / COMPARED.across) * Math.ceil(height / COMPARED.down));
  }

  /** Return the upper left of a frame; where a frame in planes is smaller, its edges go on. The caller closes both. */
  async of(frame: VideoFrame): Promise<VideoFrame> {
    const { width, height, planes } = this;
    const { timestamp } = frame;
    const visible = frame.visibleRect!;
    const { x, y } = visible;
    const rect = { x, y, width: Math.min(width, visible.width & ~1), height: Math.min(height, visible.height & ~1) };
    const isPlanar = frame.format === "I420" || frame.format === "NV12";
    if (isPlanar) {
      await frame.copyTo(planes, { rect, layout: this.layout(frame.format === "NV12") });
      this.extend(rect, frame.format === "NV12");
      this.turn(frame.format === "NV12", tablesOf(this.tables, frame.colorSpace));
    } else {
      this.pixels = this.pixels.length === 0 ? new Uint8Array(width * height * 4) : this.pixels;
      await frame.copyTo(this.pixels, { rect, format: "RGBA" });
      this.fromPixels();
    }
    this.changed = this.compare();
    const format = frame.format === "NV12" ? "NV12" : "I420";
    return new VideoFrame(planes, { format, codedWidth: width, codedHeight: height, timestamp, colorSpace: COLOURS });
  }

  private compare(): number {
    const { planes, compared, width, height } = this;
    let [place, differ] = [0, 0];
    for (let y = 0; y < height; y += COMPARED.down) {
      for (let at = y * width, end = at + width; at < end; at += COMPARED.across, place += 1) {
        if (compared[place] !== planes[at]) differ += 1;
        compared[place] = planes[at]!;
      }
    }
    return differ / compared.length;
  }

  private layout(isInterleaved: boolean): PlaneLayout[] {
    const { width, height } = this;
    const area = width * height;
    const luma = { offset: 0, stride: width };
    if (isInterleaved) return [luma, { offset: area, stride: width }];
    return [luma, { offset: area, stride: width / 2 }, { offset: area + area / 4, stride: width / 2 }];
  }

  /** Fill what is beyond the frame with its last columns and lines: that costs a video least. */
  private extend(filled: { width: number; height: number }, isInterleaved: boolean): void {
    const { planes, width, height } = this;
    if (filled.width === width && filled.height === height) return;
    for (const [place, { offset, stride }] of this.layout(isInterleaved).entries()) {
      const half = place === 0 ? 1 : 2;
      const samples = place > 0 && isInterleaved ? 2 : 1;
      const [end, lines] = [(filled.width / half) * samples, filled.height / half];
      for (let line = 0, at = offset; line < lines; line += 1, at += stride) {
        for (let column = end; column < stride; column += 1) planes[at + column] = planes[at + column - samples]!;
      }
      for (let line = lines, at = offset + lines * stride; line < height / half; line += 1, at += stride) {
        planes.copyWithin(at, at - stride, at);
      }
    }
  }

  /** Turn the planes into ours, where they are. */
  private turn(isInterleaved: boolean, tables: Tables | null): void {
    if (tables === null) return;
    const { planes, width, height } = this;
    const { luma, lumaOfBlue, lumaOfRed, blueOfBlue, blueOfRed, redOfBlue, redOfRed } = tables;
    const [across, area] = [width / 2, width * height];
    const step = isInterleaved ? 2 : 1;
    const apart = isInterleaved ? 1 : area / 4;
    for (let row = 0, at = area; row < height / 2; row += 1) {
      let above = 2 * row * width;
      for (let column = 0; column < across; column += 1, at += step, above += 2) {
        const [blue, red] = [planes[at]!, planes[at + apart]!];
        const more = lumaOfBlue[blue]! + lumaOfRed[red]!;
        const below = above + width;
        planes[above] = (luma[planes[above]!]! + more) >> BITS;
        planes[above + 1] = (luma[planes[above + 1]!]! + more) >> BITS;
        planes[below] = (luma[planes[below]!]! + more) >> BITS;
        planes[below + 1] = (luma[planes[below + 1]!]! + more) >> BITS;
        planes[at] = (blueOfBlue[blue]! + blueOfRed[red]!) >> BITS;
        planes[at + apart] = (redOfBlue[blue]! + redOfRed[red]!) >> BITS;
      }
    }
  }

  private fromPixels(): void {
    const { planes, pixels, width, height } = this;
    const area = width * height;
    const green = 1 - OURS.red - OURS.blue;
    for (let y = 0; y < height; y += 2) {
      for (let x = 0; x < width; x += 2) {
        let [reds, blues, lights] = [0, 0, 0];
        for (const place of [y * width + x, y * width + x + 1, (y + 1) * width + x, (y + 1) * width + x + 1]) {
          const [r, g, b] = [pixels[4 * place]!, pixels[4 * place + 1]!, pixels[4 * place + 2]!];
          const light = OURS.red * r + green * g + OURS.blue * b;
          planes[place] = OURS.black + (light * OURS.range) / 255;
          reds += r;
          blues += b;
          lights += light;
        }
        const at = area + (y / 2) * (width / 2) + x / 2;
        planes[at] = 128 + ((blues - lights) / 4 / 255 / (2 - 2 * OURS.blue)) * OURS.colorRange;
        planes[at + area / 4] = 128 + ((reds - lights) / 4 / 255 / (2 - 2 * OURS.red)) * OURS.colorRange;
      }
    }
  }
}

/** What each value of Y, Cb and Cr adds to ours. */
interface Tables {
  luma: Int32Array;
  lumaOfBlue: Int32Array;
  lumaOfRed: Int32Array;
  blueOfBlue: Int32Array;
  blueOfRed: Int32Array;
  redOfBlue: Int32Array;
  redOfRed: Int32Array;
}

/** Return them, null where a frame is as ours are. A browser that says nothing of a camera means BT.601. */
function tablesOf(known: Map<string, Tables>, { matrix, fullRange }: VideoColorSpace): Tables | null {
  const meaning: Meaning = { ...(matrix === "bt709" ? BT709 : BT601), ...(fullRange === true ? FULL : LIMITED) };
  if (meaning.red === OURS.red && meaning.black === OURS.black) return null;
  const name = `${matrix} ${fullRange}`;
  const tables = known.get(name) ?? computed(meaning);
  known.set(name, tables);
  return tables;
}

function computed(theirs: Meaning): Tables {
  const green = 1 - theirs.red - theirs.blue;
  // How much R, G and B have of Cb and Cr, each from -1/2 to 1/2.
  const ofBlue = [0, (-2 * theirs.blue * (1 - theirs.blue)) / green, 2 - 2 * theirs.blue] as const;
  const ofRed = [2 - 2 * theirs.red, (-2 * theirs.red * (1 - theirs.red)) / green, 0] as const;
  const light = ([r, g, b]: readonly [number, number, number]) =>
    OURS.red * r + (1 - OURS.red - OURS.blue) * g + OURS.blue * b;
  const blue = (color: readonly [number, number, number]) => (color[2] - light(color)) / (2 - 2 * OURS.blue);
  const red = (color: readonly [number, number, number]) => (color[0] - light(color)) / (2 - 2 * OURS.red);
  const table = (factor: number, zero: number, plus: number) =>
    Int32Array.from(
      { length: 256 },
      (_, value) => Math.round(((value - zero) * factor + plus) * (1 << BITS)) + (plus > 0 ? HALF : 0),
    );
  const luma = OURS.range / theirs.colorRange;
  const color = OURS.colorRange / theirs.colorRange;
  return {
    luma: table(OURS.range / theirs.range, theirs.black, OURS.black),
    lumaOfBlue: table(light(ofBlue) * luma, 128, 0),
    lumaOfRed: table(light(ofRed) * luma, 128, 0),
    blueOfBlue: table(blue(ofBlue) * color, 128, 128),
    blueOfRed: table(blue(ofRed) * color, 128, 0),
    redOfBlue: table(red(ofBlue) * color, 128, 0),
    redOfRed: table(red(ofRed) * color, 128, 128),
  };
}
