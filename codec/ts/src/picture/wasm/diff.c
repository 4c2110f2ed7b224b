/** Both pictures are read once, line by line; what differs is gathered for each tile of a row, and looked at last. */

#include "diff.h"

#include "vectors.h"

static void gather_differences(const Word *one, const Word *other, int columns, Four *differs) {
  for (int column = 0; column < columns; column++, one += TILE, other += TILE) {
    differs[column] |= differences_of_line(one, other);
  }
}

int mark_differing(const Pair *pair, uint8_t *flags, int flags_stride) {
  static Four differs[MAX_COLUMNS];
  int count = 0;
  for (int row = 0; row < pair->rows; row++, flags += flags_stride) {
    memset(differs, 0, sizeof *differs * (size_t)pair->columns);
    for (int y = row * TILE; y < (row + 1) * TILE; y++) {
      const size_t line = (size_t)y * (size_t)pair->stride;
      gather_differences(pair->one + line, pair->other + line, pair->columns, differs);
    }
    for (int column = 0; column < pair->columns; column++) {
      flags[column] = is_any(differs[column] & COLOURS);
      count += flags[column];
    }
  }
  return count;
}
