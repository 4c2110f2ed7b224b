/** The customer's display on a canvas: decodes, paints what changed, and says what was shown. */

import type { Picture, PointerShape } from "../wire/messages.gen";
import { type Area, BadPacketError, Decoder } from "./decoder";

export class Screen {
  readonly canvas = document.createElement("canvas");
  /** Called when the display's size changes, so that the page can lay itself out anew. */
  resized: () => void = () => {};
  private readonly context = this.canvas.getContext("2d", { alpha: false })!;
  private readonly decoder: Decoder;
  private image: ImageData | undefined;
  private asked = false;

  constructor(code: WebAssembly.Module) {
    this.decoder = new Decoder(code);
    this.canvas.width = this.canvas.height = 0;
  }

  /** Show a picture. Returns "shown", or "refresh" where a whole picture must be asked for, or "wait" for that. */
  show(picture: Picture): "shown" | "refresh" | "wait" {
    let area: Area;
    try {
      area = this.decoder.decode(picture.packet);
    } catch (error) {
      if (!(error instanceof BadPacketError)) throw error;
      const again = this.asked ? "wait" : "refresh";
      this.asked = true;
      return again;
    }
    this.asked = false;
    this.fit();
    if (area.width > 0 && this.image !== undefined) {
      this.context.putImageData(this.image, 0, 0, area.x, area.y, area.width, area.height);
    }
    return "shown";
  }

  /** A whole picture must come before anything else is shown. */
  forget(): void {
    this.asked = false;
  }

  private fit(): void {
    const { width, height, stride, pixels } = this.decoder;
    if (this.image?.data.buffer !== pixels.buffer) {
      const bytes = new Uint8ClampedArray(pixels.buffer);
      this.image = new ImageData(bytes, stride, pixels.length / stride);
    }
    if (this.canvas.width !== width || this.canvas.height !== height) {
      this.canvas.width = width;
      this.canvas.height = height;
      this.resized();
    }
  }
}

/** Return a CSS cursor that looks like the customer's pointer, at the pixel size of the technician's screen. */
export function cursorOf(shape: PointerShape): string {
  if (shape.width === 0 || shape.height === 0) return "none";
  const canvas = document.createElement("canvas");
  canvas.width = shape.width;
  canvas.height = shape.height;
  const pixels = new Uint8ClampedArray(shape.pixels);
  canvas.getContext("2d")!.putImageData(new ImageData(pixels, shape.width, shape.height), 0, 0);
  return `url(${canvas.toDataURL()}) ${shape.hot_x} ${shape.hot_y}, default`;
}
