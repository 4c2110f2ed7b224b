/** What has arrived on a link and waits to be read, bounded: an end that never stops sending fills no memory. */

import { Flag } from "../../flag.ts";
import { LinkClosedError } from "./base.ts";
import { MAX_MESSAGE_BYTES, MAX_WAITING_BYTES, MAX_WAITING_MESSAGES } from "./direct.gen.ts";

export class Inbox {
  private readonly arrived: Uint8Array[] = [];
  private waitingBytes = 0;
  private readonly changed = new Flag();
  private closedBy: string | null = null;

  /** Take what has arrived. False where it is too much, or no message of a link: the link is of no use then. */
  put(data: unknown): boolean {
    if (!(data instanceof ArrayBuffer) || data.byteLength > MAX_MESSAGE_BYTES) return false;
    if (this.waitingBytes > MAX_WAITING_BYTES || this.arrived.length >= MAX_WAITING_MESSAGES) return false;
    this.arrived.push(new Uint8Array(data));
    this.waitingBytes += data.byteLength;
    this.changed.set();
    return true;
  }

  /** Nothing will arrive any more. The first reason is told. */
  close(reason: string): void {
    this.closedBy ??= reason;
    this.changed.set();
  }

  get isClosed(): boolean {
    return this.closedBy !== null;
  }

  /** Resolves with what arrived first. Rejects with LinkClosedError when all has been taken and no more comes. */
  async take(): Promise<Uint8Array> {
    for (;;) {
      const data = this.arrived.shift();
      if (data !== undefined) {
        this.waitingBytes -= data.length;
        return data;
      }
      this.check();
      this.changed.clear();
      await this.changed.wait();
    }
  }

  /** Throws LinkClosedError where it is closed. */
  check(): void {
    if (this.closedBy !== null) throw new LinkClosedError(this.closedBy);
  }
}
