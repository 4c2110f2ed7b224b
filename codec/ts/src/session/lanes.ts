/** Three lanes on one link (codec/session/lanes.py): control passes before pixels, pixels before files. */

import { Lane } from "../wire/lanes.gen.ts";
import { LIMITS } from "./lanes.gen.ts";

export * from "../wire/lanes.gen.ts";
export * from "./lanes.gen.ts";

/** What one lane may hold. Beyond it the sender is told, never the memory filled. */
export interface LaneLimits {
  /** Longest single message, checked while it is being put together. */
  readonly messageBytes: number;
  /** What may wait for the other end's acknowledgement before `send` refuses. */
  readonly unacknowledgedBytes: number;
  /** How many chunks may be on their way, unconfirmed, before the next one waits. */
  readonly aheadChunks: number;
}

export type Limits = Readonly<Record<Lane, LaneLimits>>;

/** In their order, from the one that goes first. */
export const LANES: readonly Lane[] = Object.values(Lane);

export const USUAL_LIMITS: Limits = LIMITS;
