/** What a viewer takes for a picture of any size, as codec/picture/rate/viewer_time.py, which says how and why. Pure. */

import { KEPT } from "./viewerTime.gen.ts";

export class ViewerTime {
  private took: number[] = [];

  /** What it takes on average, 0 where that is not known. */
  get seconds(): number {
    return this.took.length === 0 ? 0 : this.took.reduce((sum, each) => sum + each, 0) / this.took.length;
  }

  /** A small picture took so long. */
  note(took: number): void {
    this.took = [...this.took, took].slice(-KEPT);
  }
}
