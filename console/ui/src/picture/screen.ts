/** The customer's display on a canvas. A worker decodes; one that takes too long, or fails, is ended. */

import type { Outcome } from "@deskside/codec/picture/queue";
import type { PointerShape } from "@deskside/codec/wire/messages";
import type { Asked, Part, Told } from "./worker";

const TICK_MS = 500;
/** So many turns without an answer, with pictures waiting, are too many: the largest picture takes about one second. */
const MOST_SILENT = 10;
/** After so long without a fault the next one counts as the first again. */
const STEADY_MS = 60_000;

export class Screen {
  canvas = document.createElement("canvas");
  width = 0;
  height = 0;
  /** Called when the display's size changes, so that the page can lay itself out again. */
  resized: () => void = () => {};
  /** Called when pictures are given up for good: they brought the worker down twice. */
  stopped: () => void = () => {};
  private worker: Worker | undefined;
  private readonly waiting = new Map<number, (outcome: Outcome) => void>();
  private number = 0;
  private silent = 0;
  private ticking: ReturnType<typeof setInterval> | undefined;
  private failedAt = -Infinity;
  private isStopped = false;

  constructor(private readonly code: WebAssembly.Module) {
    this.canvas.width = this.canvas.height = 0;
  }

  /** Have the worker ready before the first picture comes. */
  prepare(): void {
    if (this.worker === undefined && !this.isStopped) this.start();
  }

  /** Show a picture; `answer` hears when it is painted, or that a whole one must be asked for. */
  show(packet: Uint8Array, answer: (outcome: Outcome) => void): void {
    this.prepare();
    if (this.worker === undefined) {
      answer("lost");
      return;
    }
    this.number += 1;
    this.waiting.set(this.number, answer);
    this.ticking ??= setInterval(() => this.tick(), TICK_MS);
    this.tell([this.number, packet], [packet.buffer as ArrayBuffer]);
  }

  /** A whole picture must come before anything else is shown; decoders are let go. */
  forget(): void {
    if (this.worker !== undefined) this.tell(undefined, []);
  }

  /** Try again after pictures were given up. */
  resume(): void {
    this.isStopped = false;
    this.failedAt = -Infinity;
  }

  /** Nothing is shown any more. */
  close(): void {
    this.end();
    for (const answer of this.taken()) answer("lost");
  }

  private start(): void {
    const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
    worker.onmessage = ({ data }: MessageEvent<Told>) => this.hear(data);
    worker.onerror = (event) => {
      event.preventDefault();
      this.fail();
    };
    this.worker = worker;
    const canvas = this.offscreen();
    this.tell({ code: this.code, canvas }, canvas === undefined ? [] : [canvas]);
  }

  private offscreen(): OffscreenCanvas | undefined {
    return "OffscreenCanvas" in globalThis ? this.canvas.transferControlToOffscreen?.() : undefined;
  }

  private tell(asked: Asked, transfer: Transferable[]): void {
    this.worker?.postMessage(asked, transfer);
  }

  private hear([number, outcome, width, height, parts]: Told): void {
    this.silent = 0;
    if (outcome === "shown" && (width !== this.width || height !== this.height)) {
      this.width = width;
      this.height = height;
      if (parts.length > 0) {
        this.canvas.width = width;
        this.canvas.height = height;
      }
      this.resized();
    }
    if (parts.length > 0) this.paint(parts);
    const answer = this.waiting.get(number);
    this.waiting.delete(number);
    answer?.(outcome);
  }

  private paint(parts: readonly Part[]): void {
    const context = this.canvas.getContext("2d", { alpha: false, desynchronized: true })!;
    for (const { x, y, width, height, pixels } of parts) {
      context.putImageData(new ImageData(pixels, width, height), x, y);
    }
  }

  private tick(): void {
    if (this.waiting.size === 0) {
      clearInterval(this.ticking);
      this.ticking = undefined;
      this.silent = 0;
      return;
    }
    this.silent += 1;
    if (this.silent >= MOST_SILENT) this.fail();
  }

  /** End the worker. Another one takes over with a whole picture; the second time soon after, nothing does. */
  private fail(): void {
    this.end();
    const again = performance.now() - this.failedAt < STEADY_MS;
    this.failedAt = performance.now();
    this.isStopped = again;
    const [first, ...others] = this.taken();
    for (const answer of others) answer("lost");
    first?.(again ? "lost" : "refresh");
    if (again) this.stopped();
  }

  private end(): void {
    if (this.worker === undefined) return;
    this.worker.terminate();
    this.worker = undefined;
    this.silent = 0;
    clearInterval(this.ticking);
    this.ticking = undefined;
    // What a worker paints on cannot be taken back from it.
    const next = document.createElement("canvas");
    next.width = next.height = 0;
    this.canvas.replaceWith(next);
    this.canvas = next;
    this.width = this.height = 0;
  }

  private taken(): ((outcome: Outcome) => void)[] {
    const answers = [...this.waiting.values()];
    this.waiting.clear();
    return answers;
  }
}

/** Return a pointer's shape as the address of a picture of that size, undefined where nothing is to be seen. */
export function pictureOf(shape: PointerShape, width = shape.width, height = shape.height): string | undefined {
  if (shape.width === 0 || shape.height === 0) return undefined;
  const whole = document.createElement("canvas");
  whole.width = shape.width;
  whole.height = shape.height;
  const pixels = new Uint8ClampedArray(shape.pixels);
  whole.getContext("2d")!.putImageData(new ImageData(pixels, shape.width, shape.height), 0, 0);
  if (width === shape.width && height === shape.height) return whole.toDataURL();
  const scaled = document.createElement("canvas");
  scaled.width = Math.max(1, width);
  scaled.height = Math.max(1, height);
  const context = scaled.getContext("2d")!;
  context.imageSmoothingEnabled = width < shape.width;
  context.imageSmoothingQuality = "high";
  context.drawImage(whole, 0, 0, scaled.width, scaled.height);
  return scaled.toDataURL();
}
