/** The one zstd stream that a viewer reads, flushed at each packet. */
#pragma once

#include "picture.h"

enum { STREAM_ROOM = 64 << 10 };

/** Take the stream's memory, once. Returns whether there was enough. */
bool stream_create(void);

/** The next bytes begin another stream, of colours or of planes, in the memory that there was. */
void stream_restart(bool has_planes);

/** Return how many bytes so many can become. */
size_t stream_bound(size_t bytes);

/** What is written from now on becomes the packet part at `to`, of at most `capacity` bytes. */
void stream_begin(uint8_t *to, size_t capacity);

/** Return where the next `bytes` bytes go, at most STREAM_ROOM: all of them must be written there. */
uint8_t *stream_next(size_t bytes);

/** How many bytes were written since `stream_begin`. */
size_t stream_raw(void);

/** End the part. Returns its length, 0 where it did not fit: then the stream must be restarted. */
size_t stream_flush(void);
