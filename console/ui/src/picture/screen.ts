/** The customer's display on a canvas: decodes, paints what changed, and says what was shown. */

import type { PointerShape } from "../wire/messages.gen";
import { Decoder } from "./decoder";
import type { Area } from "./packet";
import { type Outcome, PictureQueue } from "./queue";

export class Screen {
  readonly canvas = document.createElement("canvas");
  /** Called when the display's size changes, so that the page can lay itself out anew. */
  resized: () => void = () => {};
  private readonly context = this.canvas.getContext("2d", { alpha: false, desynchronized: true })!;
  private readonly decoder: Decoder;
  private readonly queue: PictureQueue;
  private image: ImageData | undefined;

  constructor(code: WebAssembly.Module) {
    this.decoder = new Decoder(code);
    this.queue = new PictureQueue(this.decoder, (areas) => this.paint(areas));
    this.canvas.width = this.canvas.height = 0;
  }

  /** Show a picture; `answer` hears when it is painted, or that a whole one must be asked for. */
  show(packet: Uint8Array, answer: (outcome: Outcome) => void): void {
    this.queue.show(packet, answer);
  }

  /** A whole picture must come before anything else is shown; decoders are let go. */
  forget(): void {
    this.queue.forget();
  }

  private paint(areas: readonly Area[]): void {
    const { width, height, stride, pixels } = this.decoder;
    if (this.image?.data.buffer !== pixels.buffer) {
      this.image = new ImageData(new Uint8ClampedArray(pixels.buffer), stride, pixels.length / stride);
    }
    if (this.canvas.width !== width || this.canvas.height !== height) {
      this.canvas.width = width;
      this.canvas.height = height;
      this.resized();
    }
    for (const area of areas) {
      this.context.putImageData(this.image, 0, 0, area.x, area.y, area.width, area.height);
    }
  }
}

/** Return a CSS cursor that looks like the customer's pointer, at the pixel size of the technician's screen. */
export function cursorOf(shape: PointerShape): string {
  const picture = pictureOf(shape);
  return picture === undefined ? "none" : `url(${picture}) ${shape.hot_x} ${shape.hot_y}, default`;
}

/** Return a pointer's shape as the address of a picture, undefined where nothing is to be seen. */
export function pictureOf(shape: PointerShape): string | undefined {
  if (shape.width === 0 || shape.height === 0) return undefined;
  const canvas = document.createElement("canvas");
  canvas.width = shape.width;
  canvas.height = shape.height;
  const pixels = new Uint8ClampedArray(shape.pixels);
  canvas.getContext("2d")!.putImageData(new ImageData(pixels, shape.width, shape.height), 0, 0);
  return canvas.toDataURL();
}
