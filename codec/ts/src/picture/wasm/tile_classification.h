/** What a tile is, and so how it is written: the same rules as codec/picture/tile_classification.py. */
#pragma once

#include "picture.h"

/** Return how a tile is written best when nothing of it is known: solid, two, photo, plain, or median. */
int kind_of(const Tile tile);

/** Whether a tile of many colours changes so little that it is written in part. */
bool is_part(const Tile tile, const Tile shown);

/** Return a bit for each of sixteen pixels, the lowest for the first: 1 where it differs. */
uint16_t changes_in_line(const Word *line, const Word *shown);
