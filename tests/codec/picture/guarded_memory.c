/** The encoder's memory for tests: whoever writes one byte beyond what was taken, or reads there, ends the process. */

#include "memory.h"

#include <stdint.h>
#include <sys/mman.h>

enum { PAGE = 4096, ALIGNMENT = 16, MOST = 64 };

static struct {
  void *start;
  size_t bytes;
} taken[MOST];
static size_t count;

size_t memory_mark(void) { return count; }

void memory_release(size_t mark) {
  while (count > mark) {
    count--;
    munmap(taken[count].start, taken[count].bytes);
  }
}

/** What is taken ends where a page begins that nobody may touch, but for what aligns it. */
void *memory_take(size_t bytes) {
  const size_t pages = (bytes + PAGE - 1) / PAGE * PAGE;
  if (count == MOST) return NULL;
  uint8_t *start = mmap(NULL, pages + PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (start == MAP_FAILED || mprotect(start + pages, PAGE, PROT_NONE) != 0) return NULL;
  taken[count].start = start;
  taken[count].bytes = pages + PAGE;
  count++;
  return start + pages - (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}
