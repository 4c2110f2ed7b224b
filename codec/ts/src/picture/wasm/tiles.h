/** How tiles are written: codec/picture/tiles.py says what stands where, and why. */
#pragma once

#include "update.h"

/** Write the kinds and the tiles of an update into the stream. `differences`: see median.h. */
void write_tiles(Update *update, uint8_t *differences);
