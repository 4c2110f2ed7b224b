/** Whether a frame can be sent as it was captured, in planes: where the browser says how they stand and what they mean. */

import { Matrix } from "@deskside/codec/picture/colorPlanes.gen";
import type { PlaneFormat } from "@deskside/codec/picture/encoder";
import type { PlaneColors } from "@deskside/codec/picture/packet";

/** What a frame's planes are. */
export interface FramePlanes {
  format: PlaneFormat;
  colors: PlaneColors;
}

/** Screens are captured so by browsers that do not say it (measured in Firefox). */
export const SCREEN_COLORS: PlaneColors = { matrix: Matrix.BT601, fullRange: false };

/** The two names of BT.601 have one matrix. */
const MATRICES: ReadonlyMap<string, Matrix> = new Map([
  ["smpte170m", Matrix.BT601],
  ["bt470bg", Matrix.BT601],
  ["bt709", Matrix.BT709],
]);

/** What is read of a frame. */
type Described = Pick<VideoFrame, "format" | "visibleRect"> & {
  colorSpace: Pick<VideoColorSpace, "matrix" | "fullRange">;
};

/** Return what a frame's planes are, null where it must be read in colours. `untold`: what they are if it does not say. */
export function planesOf(frame: Described, untold: PlaneColors | null): FramePlanes | null {
  const { format, colorSpace, visibleRect } = frame;
  if (format !== "I420" && format !== "NV12") return null;
  // Half a sample of chroma cannot be cut off.
  if (visibleRect !== null && (visibleRect.x % 2 !== 0 || visibleRect.y % 2 !== 0)) return null;
  const colors = colorSpace.matrix === null ? untold : told(colorSpace.matrix, colorSpace.fullRange);
  return colors === null ? null : { format, colors };
}

function told(name: string, fullRange: boolean | null): PlaneColors | null {
  const matrix = MATRICES.get(name);
  return matrix === undefined || fullRange === null ? null : { matrix, fullRange };
}
