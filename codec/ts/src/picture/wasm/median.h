/** Photographs exactly, in half bytes: codec/picture/median.py says what stands where, and why. */
#pragma once

#include "update.h"

enum { MOSTLY_NOISE = -1 };

/** Split a tile into G, B - G and R - G, or luma, or Cb and Cr. */
void split_planes(PixelForm form, const Tile tile, uint8_t planes[PLANES][PIXELS]);

/**
 * Fill `differences` for all tiles of kind MEDIAN, a plane of each after the other: PIXELS bytes for each.
 * Returns how many tiles, or MOSTLY_NOISE where writing them so would take more bytes than their pixels do.
 */
int subtract_median(const Update *update, uint8_t *differences);

/** Write the halves and the rest of so many tiles into the stream. */
void write_median(PixelForm form, const uint8_t *differences, int count);
