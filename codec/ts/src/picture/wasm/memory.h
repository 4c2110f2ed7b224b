/**
 * Memory is taken when an encoder is made and when its size is set, never for a picture.
 *
 * It is a stack: what was taken after `memory_mark` is given back together by `memory_release`.
 */
#pragma once

#include <stddef.h>

/** Return so many bytes, each picture line of which may be read as vectors; NULL where there are no more. */
void *memory_take(size_t bytes);

size_t memory_mark(void);
void memory_release(size_t mark);
