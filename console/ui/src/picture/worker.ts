/** Decodes the pictures of one session away from the page, so that the page answers whatever they are, and can end this. */

import { Decoder } from "@deskside/codec/picture/decoder";
import type { Area } from "@deskside/codec/picture/geometry";
import { type Outcome, PictureQueue } from "@deskside/codec/picture/queue";

/** The first message: zstd's code, and the canvas to paint on where the browser lets a worker do that. */
export interface Start {
  code: WebAssembly.Module;
  canvas: OffscreenCanvas | undefined;
}

/** A picture with the page's number for it; no picture at all means that only a whole one is shown next. */
export type Asked = Start | [number: number, packet: Uint8Array] | undefined;

/** What became of a picture, the size of what is shown, and its pixels where the page must paint them itself. */
export type Told = [number: number, outcome: Outcome, width: number, height: number, parts: readonly Part[]];

/** An area of the picture, and its pixels. */
export interface Part extends Area {
  pixels: Uint8ClampedArray<ArrayBuffer>;
}

/** What TypeScript's DOM does not know: this global is a worker's. */
const page = globalThis as unknown as {
  onmessage: (event: MessageEvent<Asked>) => void;
  postMessage(told: Told, transfer: Transferable[]): void;
};

page.onmessage = ({ data }) => {
  const { code, canvas } = data as Start;
  const decoder = new Decoder(code);
  const painter = canvas === undefined ? new Cutter(decoder) : new Painter(decoder, canvas);
  const queue = new PictureQueue(decoder, (areas) => painter.paint(areas));
  page.onmessage = ({ data }) => {
    if (data === undefined) {
      queue.forget();
      return;
    }
    const [number, packet] = data as [number, Uint8Array];
    queue.show(packet, (outcome) => {
      const parts = painter.taken();
      const { width, height } = decoder;
      page.postMessage(
        [number, outcome, width, height, parts],
        parts.map((part) => part.pixels.buffer),
      );
    });
  };
};

// What a promise throws would else be heard by nobody.
addEventListener("unhandledrejection", (event) => {
  setTimeout(() => {
    throw event.reason;
  });
});

/** Paints on the canvas. */
class Painter {
  private readonly context: OffscreenCanvasRenderingContext2D;
  private image: ImageData | undefined;

  constructor(
    private readonly decoder: Decoder,
    private readonly canvas: OffscreenCanvas,
  ) {
    this.context = canvas.getContext("2d", { alpha: false, desynchronized: true })!;
  }

  paint(areas: readonly Area[]): void {
    const { width, height, stride, pixels } = this.decoder;
    if (this.image?.data.buffer !== pixels.buffer) {
      this.image = new ImageData(new Uint8ClampedArray(pixels.buffer as ArrayBuffer), stride, pixels.length / stride);
    }
    if (this.canvas.width !== width || this.canvas.height !== height) {
      this.canvas.width = width;
      this.canvas.height = height;
    }
    for (const area of areas) {
      this.context.putImageData(this.image, 0, 0, area.x, area.y, area.width, area.height);
    }
  }

  taken(): readonly Part[] {
    return [];
  }
}

/** Cuts out what changed, for the page to paint. */
class Cutter {
  private parts: Part[] = [];

  constructor(private readonly decoder: Decoder) {}

  paint(areas: readonly Area[]): void {
    const { width, height, stride, pixels } = this.decoder;
    for (const area of areas) {
      const inside = {
        ...area,
        width: Math.min(area.width, width - area.x),
        height: Math.min(area.height, height - area.y),
      };
      if (inside.width <= 0 || inside.height <= 0) continue;
      const cut = new Uint32Array(inside.width * inside.height);
      for (let y = 0; y < inside.height; y += 1) {
        const from = (inside.y + y) * stride + inside.x;
        cut.set(pixels.subarray(from, from + inside.width), y * inside.width);
      }
      this.parts.push({ ...inside, pixels: new Uint8ClampedArray(cut.buffer) });
    }
  }

  taken(): readonly Part[] {
    return this.parts.splice(0);
  }
}
