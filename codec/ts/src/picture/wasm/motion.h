/** What only moved, found by where its lines are now: codec/picture/motion.py says how, and why. */
#pragma once

#include "save_under.h"

typedef struct {
  int dx, dy;
} Vector;

/** So many bytes behind the picture before may be read. They mean nothing. */
enum { READ_BEHIND = 16 };

/** The same area of whole tiles in two pictures, and a byte for each of its tiles: whether it differs. */
typedef struct {
  const uint8_t *before, *after;
  size_t line_bytes;
  PixelBytes pixel_bytes;
  int width, height;  // pixels
  const uint8_t *changed;
  int changed_stride, columns, rows;  // tiles
} Area;

/** Return how many tiles of an area differ. */
int changed_in_area(const Area *area);

/** Set how many tiles differ in each column and in each row. */
void changed_in_lines(const Area *area, int *in_columns, int *in_rows);

/** Work space for the largest area: bytes of `lines` or tiles, see `motion_create`. */
bool motion_create(const Grid *grid);

/** Return how far a pixel is from the first one of an area, which may lie beyond its edges. */
static inline ptrdiff_t distance_to(const Area *area, int x, int y) {
  return (ptrdiff_t)y * (ptrdiff_t)area->line_bytes + x * (ptrdiff_t)area->pixel_bytes;
}

/**
 * Find the move that explains most of an area, and return whether one is worth it. `recent` are the vectors of the last
 * moves. `holds` has a byte for each tile of the area, row by row: whether it shows exactly what was there before the move.
 */
bool find_move(const Area *area, const Vector *recent, int recents, Move *found, uint8_t *holds);

/** The same for nothing but these vectors: find the first that is worth it. */
bool find_known_move(const Area *area, const Vector *vectors, int count, Move *found, uint8_t *holds);
