/** See codec/picture/tile_classification.py, which says why. */

#include "tile_classification.h"

#include "vectors.h"

enum { MANY_COLOURS = 3 };

static Four is_neither(const Word *pixels, Word one, Word other) {
  return (Four)(four_at(pixels) != one) & (Four)(four_at(pixels) != other);
}

/** Whether a line has no other colours than these. */
static bool is_of(const Word *line, Word one, Word other) {
  return !is_any(is_neither(line, one, other) | is_neither(line + 4, one, other) | is_neither(line + 8, one, other) |
                 is_neither(line + 12, one, other));
}

/** Return how many colours some lines of a tile have: 1, 2, or MANY_COLOURS. */
static int count_colours(const Tile tile, int first_line, int lines_apart) {
  const Word first = tile[first_line * TILE];
  Word second = first;
  for (int y = first_line; y < TILE; y += lines_apart) {
    const Word *line = tile + y * TILE;
    if (is_of(line, first, second)) continue;
    for (int x = 0; x < TILE; x++) {
      if (line[x] == first || line[x] == second) continue;
      if (second != first) return MANY_COLOURS;
      second = line[x];
    }
  }
  return second == first ? 1 : 2;
}

static int steepness(Word left, Word right) {
  const int step = (int)(left >> 8 & 0xFF) - (int)(right >> 8 & 0xFF);  // hardly an edge that is none in green
  return step < 0 ? -step : step;
}

/** Return the kind of a tile of many colours: photo, plain or median. */
static int kind_of_many(const Tile tile) {
  int changes = 0, steepest = 0;
  for (int y = FIRST_LOOKED_AT; y < TILE; y += LINES_APART) {
    const Word *line = tile + y * TILE;
    for (int x = 1; x < TILE; x++) {
      changes += line[x] != line[x - 1];
      steepest = most_of(steepest, steepness(line[x - 1], line[x]));
    }
  }
  if (changes > PHOTO_CHANGES) return PHOTO;
  return changes >= SOFT_CHANGES && steepest <= EDGE ? MEDIAN : PLAIN;
}

int kind_of(const Tile tile) {
  if (count_colours(tile, FIRST_LOOKED_AT, LINES_APART) == MANY_COLOURS) return kind_of_many(tile);
  const int colours = count_colours(tile, 0, 1);
  return colours == 1 ? SOLID : colours == 2 ? TWO : PLAIN;
}

uint16_t changes_in_line(const Word *line, const Word *shown) {
  uint16_t changes = 0;
  for (int x = 0; x < TILE; x += 4) {
    changes |= (uint16_t)(highest_of_words((Four)(four_at(line + x) != four_at(shown + x))) << x);
  }
  return changes;
}

bool is_part(const Tile tile, const Tile shown) {
  uint16_t in_columns = 0;
  int rows = 0, pixels = 0;
  for (int y = 0; y < TILE; y++) {
    const uint16_t changes = changes_in_line(tile + y * TILE, shown + y * TILE);
    in_columns |= changes;
    rows += changes != 0;
    pixels += __builtin_popcount(changes);
  }
  const int columns = __builtin_popcount(in_columns);
  return columns <= PART_COLUMNS && pixels > PART_FILLED * columns * rows;
}
