/** Both pictures are read once, line by line; what differs is gathered for each tile of a row, and looked at last. */

#include "diff.h"

#include "vectors.h"

static inline void gather(const uint8_t *one, const uint8_t *other, int columns, PixelBytes pixels, Four *differs) {
  const size_t step = TILE * pixels;
  for (int column = 0; column < columns; column++, one += step, other += step) {
    differs[column] |= differences_of_line(one, other, pixels);
  }
}

/** Each form has a loop of its own. */
static void gather_line(const Pair *pair, size_t line, Four *differs) {
  const uint8_t *one = pair->one + line, *other = pair->other + line;
  if (pair->pixel_bytes == LUMA_BYTES) gather(one, other, pair->columns, LUMA_BYTES, differs);
  else if (pair->pixel_bytes == CHROMA_BYTES) gather(one, other, pair->columns, CHROMA_BYTES, differs);
  else gather(one, other, pair->columns, COLOUR_BYTES, differs);
}

int mark_differing(const Pair *pair, uint8_t *flags, int flags_stride) {
  static Four differs[MAX_COLUMNS];
  int count = 0;
  for (int row = 0; row < pair->rows; row++, flags += flags_stride) {
    memset(differs, 0, sizeof *differs * (size_t)pair->columns);
    for (int y = row * TILE; y < (row + 1) * TILE; y++) gather_line(pair, (size_t)y * pair->line_bytes, differs);
    for (int column = 0; column < pair->columns; column++) {
      flags[column] = is_any(that_matter(differs[column], pair->pixel_bytes));
      count += flags[column];
    }
  }
  return count;
}
