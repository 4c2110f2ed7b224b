/** What a viewer takes for a picture of any size, as codec/picture/rate/viewer_time.py, which says how and why. Pure. */

import { PACKET_BYTES, TELLS } from "./pictureBudget.gen.ts";
import { KEPT, RECENT, STALL_SECONDS } from "./viewerTime.gen.ts";

interface Picture {
  size: number;
  took: number;
}

export class ViewerTime {
  private recent: Picture[] = [];
  /** What it takes on average, 0 where that is not known. */
  seconds = 0;

  /** A picture took so long, on a line that is taken for so fast. */
  note(size: number, took: number, bytesPerSecond: number): void {
    this.recent = [...this.recent, { size, took }].slice(-RECENT);
    const limit = Math.max(Math.max(...this.recent.map((each) => each.size)) / TELLS, PACKET_BYTES);
    const small = this.recent.filter((each) => each.size <= limit && each.took <= STALL_SECONDS).slice(-KEPT);
    const own = small.map((each) => this.own(each, bytesPerSecond));
    this.seconds = own.length === 0 ? 0 : own.reduce((sum, each) => sum + each, 0) / own.length;
  }

  /** Return how many seconds of a small picture are the viewer's, as far as is known. */
  private own({ size, took }: Picture, bytesPerSecond: number): number {
    const larger = this.recent.findLast((each) => each.size >= TELLS * size);
    // Half only: where the viewer is slow, the rate is what comes through both, and too low.
    if (larger === undefined) return Math.max(took - size / bytesPerSecond / 2, 0);
    const secondsPerByte = Math.max(larger.took - took, 0) / (larger.size - size);
    return Math.max(took - size * secondsPerByte, 0);
  }
}
