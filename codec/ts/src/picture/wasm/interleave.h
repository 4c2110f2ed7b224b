/** Two planes into one. */
#pragma once

#include "picture.h"

/** Write `bytes` of each plane, whole sixteens, into `both`, one byte of the first before each of the second. */
void interleave(const uint8_t *first, const uint8_t *second, uint8_t *both, size_t bytes);
