/** The tiles that one packet writes, each with its kind. */
#pragma once

#include "picture.h"

enum { NOT_WRITTEN = 255 };

/** `kinds` has a byte for each tile of the picture: its kind, or NOT_WRITTEN. */
typedef struct {
  const Grid *grid;
  const uint8_t *now, *shown;
  PixelForm form;
  uint8_t *kinds;
} Update;

/** Copy a tile out of a picture as packets have it: B in the lowest byte, the highest zero. */
void read_tile(const Update *update, const uint8_t *picture, int tile, Tile into);

/** Set the kinds of the tiles in `changed`. `is_known`: the viewer shows `shown` exactly. */
void choose_kinds(Update *update, const uint8_t *changed, bool is_known, int version);
