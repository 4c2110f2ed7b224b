/** The memory of a WebAssembly instance: what lies above the module's own data, grown when it does not suffice. */

#include "memory.h"

#include <stdint.h>

enum { PAGE = 65536, ALIGNMENT = 64 };

extern unsigned char __heap_base;
static size_t taken_up_to;

static size_t aligned(size_t address) { return (address + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT; }

static int grow_to(size_t end) {
  const size_t there = (size_t)__builtin_wasm_memory_size(0) * PAGE;
  if (end <= there) return 1;
  return __builtin_wasm_memory_grow(0, (end - there + PAGE - 1) / PAGE) != (size_t)-1;
}

size_t memory_mark(void) { return taken_up_to ? taken_up_to : aligned((size_t)&__heap_base); }

void memory_release(size_t mark) { taken_up_to = mark; }

void *memory_take(size_t bytes) {
  const size_t start = aligned(memory_mark());
  if (bytes > SIZE_MAX - start || !grow_to(start + bytes)) return NULL;
  taken_up_to = start + bytes;
  return (void *)start;
}
