/** A picture of whole tiles, and boxes in it: what the files of the encoder share. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "constants.gen.h"

/** A pixel of any form; the highest byte of a colour has no meaning. */
typedef uint32_t Word;
#define COLOURS 0x00FFFFFFu

/**
 * Which bytes of a word a pixel has, as codec/picture/pixel_form.py says it: of a colour three, and where the browser has
 * R in the lowest it changes its place, of luma the second, of chroma the lowest two.
 */
typedef enum { BGR, RGB, LUMA, CHROMA } PixelForm;

/** How many bytes a pixel takes in a picture: of colours a word, of planes nothing but what they have of it. */
typedef enum { LUMA_BYTES = 1, CHROMA_BYTES = 2, COLOUR_BYTES = sizeof(Word) } PixelBytes;

/** One tile, row by row, of a colour B in the lowest byte, and the highest zero. */
typedef Word Tile[PIXELS];

/** How a picture is kept and cut into tiles, row by row; the last column and row may reach beyond its edge. */
typedef struct {
  int width, height;  // pixels
  int columns, rows;  // tiles
  int stride;         // pixels from one line to the next: whole tiles
  PixelBytes pixel_bytes;
} Grid;

/** In pixels or in tiles; bottom and right lie outside. */
typedef struct {
  int top, left, bottom, right;
} Box;

enum { MAX_COLUMNS = MAX_SIDE / TILE };

/** Return how many bytes a pixel takes in a packet, and into how many planes it is split. */
static inline int bytes_of(PixelForm form) { return form == LUMA ? 1 : form == CHROMA ? 2 : PLANES; }

static inline int tiles_in(const Grid *grid) { return grid->columns * grid->rows; }

/** Return at which byte of a picture a pixel is. */
static inline size_t place_of(const Grid *grid, int x, int y) {
  return ((size_t)y * (size_t)grid->stride + (size_t)x) * grid->pixel_bytes;
}

/** Return at which byte a tile is. */
static inline size_t place_of_tile(const Grid *grid, int tile) {
  return place_of(grid, tile % grid->columns * TILE, tile / grid->columns * TILE);
}

/** Return how many bytes lie between a line and the next, and how many a whole picture takes. */
static inline size_t line_bytes(const Grid *grid) { return (size_t)grid->stride * grid->pixel_bytes; }
static inline size_t picture_bytes(const Grid *grid) { return line_bytes(grid) * (size_t)grid->rows * TILE; }

static inline int least_of(int a, int b) { return a < b ? a : b; }
static inline int most_of(int a, int b) { return a > b ? a : b; }
