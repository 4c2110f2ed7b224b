/** The few functions of C's library that compilers and zstd call. There is no other library in the module. */

#include <stdlib.h>
#include <string.h>

#include "../memory.h"

#undef memcpy
#undef memmove
#undef memset

void *memcpy(void *to, const void *from, size_t bytes) { return __builtin_memcpy(to, from, bytes); }
void *memmove(void *to, const void *from, size_t bytes) { return __builtin_memmove(to, from, bytes); }
void *memset(void *to, int value, size_t bytes) { return __builtin_memset(to, value, bytes); }

/** zstd takes its memory once, when its stream is made (stream.c), and never gives it back. */
void *malloc(size_t bytes) { return memory_take(bytes); }

void *calloc(size_t count, size_t bytes) {
  void *taken = memory_take(count * bytes);
  return taken ? __builtin_memset(taken, 0, count * bytes) : NULL;
}

void free(void *taken) { (void)taken; }
