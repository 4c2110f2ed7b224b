/** A picture of whole tiles, and boxes in it: what the files of the encoder share. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "constants.gen.h"

/** A pixel: three colours of a byte each; the highest byte has no meaning. */
typedef uint32_t Word;
#define COLOURS 0x00FFFFFFu

/** One tile, row by row, B in the lowest byte and the highest zero. */
typedef Word Tile[PIXELS];

/** How a picture is cut into tiles, row by row; the last column and row may reach beyond its edge. */
typedef struct {
  int width, height;  // pixels
  int columns, rows;  // tiles
  int stride;         // pixels from one line to the next: whole tiles
} Grid;

/** In pixels or in tiles; bottom and right lie outside. */
typedef struct {
  int top, left, bottom, right;
} Box;

enum { MAX_COLUMNS = MAX_SIDE / TILE };

static inline int tiles_in(const Grid *grid) { return grid->columns * grid->rows; }

/** Return where a tile's first pixel is in a picture. */
static inline size_t place_of(const Grid *grid, int tile) {
  return (size_t)(tile / grid->columns * TILE) * (size_t)grid->stride + (size_t)(tile % grid->columns * TILE);
}

static inline int least_of(int a, int b) { return a < b ? a : b; }
static inline int most_of(int a, int b) { return a > b ? a : b; }
