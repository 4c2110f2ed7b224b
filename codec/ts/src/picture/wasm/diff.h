/** Which tiles of a picture changed. */
#pragma once

#include "picture.h"

/** Tiles of two pictures, whose lines begin `stride` pixels apart in both. */
typedef struct {
  const Word *one, *other;
  int stride, columns, rows;
} Pair;

/**
 * Set the flags of tiles that differ in colour to 1, of all others to 0; return how many differ. There is a byte for
 * each tile, and the flags of a row begin `flags_stride` bytes apart.
 */
int mark_differing(const Pair *pair, uint8_t *flags, int flags_stride);
