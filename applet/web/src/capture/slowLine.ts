/** Whether a line may be too slow for exact pictures: what decides that is loaded only then (films.ts). Pure. */

/** An exact picture that takes the line longer than this is late. */
export const LONG_SECONDS = 0.25;
/** No exact picture has more bytes for each of its pixels. */
const MOST_BYTES_EACH = 1.6;

/** Whether a picture of so many pixels may be too much for a line. */
export function isSlowFor(pixels: number, bytesPerSecond: number): boolean {
  return pixels * MOST_BYTES_EACH > bytesPerSecond * LONG_SECONDS;
}
