/** Pictures in their order, though a video's takes a while: what comes meanwhile waits, in bounds. */

import type { Decoder } from "./decoder.ts";
import { BadPacketError } from "./errors.ts";
import type { Area } from "./geometry.ts";

/** More than these are given up for a whole new picture: the video's decoder does not keep pace. */
const MOST = 30;

/** What became of a picture. After "refresh", which asks for a whole picture, those before it are "lost". */
export type Outcome = "shown" | "refresh" | "lost";

interface QueuedPicture {
  packet: Uint8Array;
  answer: (outcome: Outcome) => void;
}

export class PictureQueue {
  private readonly waiting: QueuedPicture[] = [];
  private busy = false;
  private turn = 0;
  private asked = false;

  /** `paint` is called with what changed, before the answer is given. */
  constructor(
    private readonly decoder: Decoder,
    private readonly paint: (areas: readonly Area[]) => void,
  ) {}

  /** Show a packet, at once where nothing is waited for; `answer` hears what became of it. */
  show(packet: Uint8Array, answer: (outcome: Outcome) => void): void {
    const entry = { packet, answer };
    if (!this.busy) {
      this.work(entry);
      return;
    }
    if (this.waiting.length < MOST) {
      this.waiting.push(entry);
      return;
    }
    this.drop();
    this.lose(entry);
  }

  /** Nothing that waits is shown any more, and only a whole picture is shown next. */
  forget(): void {
    this.drop();
    this.asked = false;
  }

  private drop(): void {
    this.turn += 1;
    for (const { answer } of this.waiting.splice(0)) answer("lost");
    this.decoder.forget();
  }

  private work(entry: QueuedPicture): void {
    try {
      const areas = this.decoder.decode(entry.packet);
      if (areas instanceof Promise) void this.later(entry, areas);
      else this.shown(entry, areas);
    } catch (error) {
      this.failed(entry, error);
    }
  }

  private async later(entry: QueuedPicture, promise: Promise<Area[]>): Promise<void> {
    const { turn } = this;
    this.busy = true;
    try {
      const areas = await promise;
      if (turn === this.turn) this.shown(entry, areas);
      else entry.answer("lost");
    } catch (error) {
      if (turn === this.turn) this.failed(entry, error);
      else entry.answer("lost");
    } finally {
      this.busy = false;
      while (!this.busy && this.waiting.length > 0) this.work(this.waiting.shift()!);
    }
  }

  private shown(entry: QueuedPicture, areas: readonly Area[]): void {
    this.asked = false;
    this.paint(areas);
    entry.answer("shown");
  }

  private failed(entry: QueuedPicture, error: unknown): void {
    if (!(error instanceof BadPacketError)) throw error;
    this.lose(entry);
  }

  private lose(entry: QueuedPicture): void {
    entry.answer(this.asked ? "lost" : "refresh");
    this.asked = true;
  }
}
