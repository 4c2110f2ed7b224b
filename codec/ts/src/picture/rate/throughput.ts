/** What a line was seen to carry, for people. As codec/picture/rate/throughput.py. Pure. */

import { ENOUGH_BYTES, KEPT_SECONDS, TELLING_BYTES } from "./throughput.gen.ts";

const KEPT = 16;

export class Throughput {
  private came: { at: number; size: number; took: number }[] = [];

  /** So many bytes have taken the line so long. */
  note(size: number, took: number, at: number): void {
    if (size >= TELLING_BYTES) this.came = [...this.came, { at, size, took }].slice(-KEPT);
  }

  /** Return what the line carried in the last half minute, null where too little was sent to tell. */
  bytesPerSecond(now: number): number | null {
    let [size, took] = [0, 0];
    for (const each of this.came) {
      if (now - each.at >= KEPT_SECONDS) continue;
      size += each.size;
      took += each.took;
    }
    return size >= ENOUGH_BYTES ? size / took : null;
  }
}
