/** Which photos a page keeps: a customer may send one of 8 MB every two seconds, as long as the session goes on. Pure. */

const MOST_BYTES = 256 << 20;

/** Return the last photos that have room; the newest always has. */
export function latest<Photo extends { readonly jpeg: Uint8Array }>(photos: readonly Photo[]): Photo[] {
  let room = MOST_BYTES;
  const overflows = ({ jpeg }: Photo) => {
    room -= jpeg.length;
    return room < 0;
  };
  return photos.slice(Math.min(photos.findLastIndex(overflows) + 1, photos.length - 1));
}
