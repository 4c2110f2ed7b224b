/** Which tiles of a picture changed. */
#pragma once

#include "picture.h"

/** Tiles of two pictures, whose lines begin `line_bytes` apart in both. */
typedef struct {
  const uint8_t *one, *other;
  size_t line_bytes;
  PixelBytes pixel_bytes;
  int columns, rows;
} Pair;

/**
 * Set the flags of tiles that differ to 1, of all others to 0; return how many differ. There is a byte for each tile,
 * and the flags of a row begin `flags_stride` bytes apart.
 */
int mark_differing(const Pair *pair, uint8_t *flags, int flags_stride);
