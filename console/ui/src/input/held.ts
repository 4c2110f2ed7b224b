/** What the technician holds down, and the sign of life that goes with it: without one the applet lets go of it. */

import type { SessionMessage } from "../wire/messages.gen";

const SECONDS = 0.5;

export class Held {
  private readonly down = new Set<string>();
  private timer: ReturnType<typeof setInterval> | undefined;

  /** `stillHeld` is called twice a second while anything is held. */
  constructor(private readonly stillHeld: () => void) {}

  /** Take note of what was sent. */
  note(message: SessionMessage): void {
    switch (message.kind) {
      case "key":
        this.set(message.code, message.down);
        break;
      case "pointer_button":
        this.set(`button ${message.button}`, message.down);
        break;
      case "release_keys":
        this.clear();
        break;
    }
  }

  clear(): void {
    this.down.clear();
    this.beat();
  }

  private set(what: string, down: boolean): void {
    if (down) this.down.add(what);
    else this.down.delete(what);
    this.beat();
  }

  private beat(): void {
    if (this.down.size === 0) {
      clearInterval(this.timer);
      this.timer = undefined;
    } else {
      this.timer ??= setInterval(this.stillHeld, SECONDS * 1000);
    }
  }
}
