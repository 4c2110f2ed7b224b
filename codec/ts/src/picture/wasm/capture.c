/** Captures are compared as bytes, sixteen at once, so that only the tiles that changed become words. */

#include "capture.h"

#include "memory.h"
#include "vectors.h"

/** A plane of bytes: a tile has TILE or, where two samples are beside each other, twice as many in a line. */
typedef struct {
  const uint8_t *now, *before;
  int stride, tile_bytes;
} Bytes;

static Grid grid, half;
static uint8_t *next, *last;
static bool has_last, was_interleaved;

static size_t luma_bytes(void) { return (size_t)grid.stride * (size_t)grid.rows * TILE; }
size_t capture_chroma(void) { return luma_bytes(); }
size_t capture_chroma_bytes(void) { return (size_t)half.stride * (size_t)half.rows * TILE; }
uint8_t *capture_next(void) { return next; }
void capture_forget(void) { has_last = false; }

bool capture_create(const Grid *of, const Grid *half_of) {
  grid = *of;
  half = *half_of;
  has_last = false;
  const size_t bytes = luma_bytes() + 2 * capture_chroma_bytes();
  next = memory_take(bytes);
  last = memory_take(bytes);
  if (!next || !last) return false;
  memset(next, 0, bytes);
  memset(last, 0, bytes);
  return true;
}

/** What is written beyond the edges does not count: it is zero. */
static void clear_beyond(uint8_t *plane, int stride, int width, int height, int lines) {
  for (int y = 0; width < stride && y < height; y++) memset(plane + (size_t)y * (size_t)stride + width, 0, (size_t)(stride - width));
  memset(plane + (size_t)height * (size_t)stride, 0, (size_t)(lines - height) * (size_t)stride);
}

static Four bytes_at(const uint8_t *bytes) {
  Four four;
  memcpy(&four, bytes, sizeof four);
  return four;
}

/** Gather in which tiles of a row of tiles a plane differs. */
static void gather(const Bytes *bytes, int row, int columns, Four *differs) {
  for (int y = row * TILE; y < (row + 1) * TILE; y++) {
    const size_t line = (size_t)y * (size_t)bytes->stride;
    const uint8_t *now = bytes->now + line, *before = bytes->before + line;
    for (int column = 0; column < columns; column++) {
      for (int at = 0; at < bytes->tile_bytes; at += TILE, now += TILE, before += TILE) {
        differs[column] |= bytes_at(now) ^ bytes_at(before);
      }
    }
  }
}

/** Make words of sixteen bytes: `lower` stands in the lowest byte of each, `upper` in the second. */
static void put_words(const uint8_t lower[TILE], const uint8_t upper[TILE], Word *to) {
  Word words[TILE];
  for (int place = 0; place < TILE; place++) words[place] = (Word)lower[place] | (Word)upper[place] << 8;
  memcpy(to, words, sizeof words);
}

static void put_luma(const Bytes *luma, Word *words, int x, int y, int stride) {
  static const uint8_t nothing[TILE];
  for (int line = y; line < y + TILE; line++) {
    const uint8_t *from = luma->now + (size_t)line * (size_t)luma->stride + x;
    uint8_t levels[TILE];
    memcpy(levels, from, sizeof levels);
    put_words(nothing, levels, words + (size_t)line * (size_t)stride + x);
  }
}

/** `apart` is the step from a sample to the next one of its plane. */
static void put_chroma(const uint8_t *cb, const uint8_t *cr, Word *to, int apart) {
  uint8_t blue[TILE], red[TILE];
  for (int place = 0; place < TILE; place++) {
    blue[place] = cb[place * apart];
    red[place] = cr[place * apart];
  }
  put_words(blue, red, to);
}

/** Bring a tile of chroma up to what was captured. `planes` are Cb and Cr, or both in one. */
static void put_chroma_tile(const Bytes *planes, bool is_interleaved, Word *words, int x, int y, int stride) {
  for (int line = y; line < y + TILE; line++) {
    const size_t at = (size_t)line * (size_t)planes->stride;
    Word *to = words + (size_t)line * (size_t)stride + x;
    if (is_interleaved) put_chroma(planes[0].now + at + 2 * x, planes[0].now + at + 2 * x + 1, to, 2);
    else put_chroma(planes[0].now + at + x, planes[1].now + at + x, to, 1);
  }
}

static void take_luma(const Bytes *luma, bool is_compared, Reference *into, uint8_t *changed) {
  static Four differs[MAX_COLUMNS];
  for (int row = 0; row < grid.rows; row++, changed += grid.columns) {
    memset(differs, 0, sizeof *differs * (size_t)grid.columns);
    if (is_compared) gather(luma, row, grid.columns, differs);
    for (int column = 0; column < grid.columns; column++) {
      changed[column] = is_any(differs[column]);
      if (changed[column] || !is_compared) put_luma(luma, reference_now(into), column * TILE, row * TILE, grid.stride);
    }
  }
}

static void take_chroma(const Bytes planes[2], bool is_interleaved, bool is_compared, Reference *into, uint8_t *changed) {
  static Four differs[MAX_COLUMNS];
  for (int row = 0; row < half.rows; row++, changed += half.columns) {
    memset(differs, 0, sizeof *differs * (size_t)half.columns);
    if (is_compared) gather(planes, row, half.columns, differs);
    if (is_compared && !is_interleaved) gather(planes + 1, row, half.columns, differs);
    for (int column = 0; column < half.columns; column++) {
      changed[column] = is_any(differs[column]);
      if (!changed[column] && is_compared) continue;
      put_chroma_tile(planes, is_interleaved, reference_now(into), column * TILE, row * TILE, half.stride);
    }
  }
}

static void clear_all_beyond(bool is_interleaved) {
  uint8_t *cb = next + capture_chroma(), *cr = cb + capture_chroma_bytes();
  clear_beyond(next, grid.stride, grid.width, grid.height, grid.rows * TILE);
  if (is_interleaved) {
    clear_beyond(cb, 2 * half.stride, 2 * half.width, half.height, half.rows * TILE);
    return;
  }
  clear_beyond(cb, half.stride, half.width, half.height, half.rows * TILE);
  clear_beyond(cr, half.stride, half.width, half.height, half.rows * TILE);
}

bool capture_take(bool is_interleaved, Reference *luma, uint8_t *luma_changed, Reference *chroma, uint8_t *chroma_changed) {
  const bool is_compared = has_last && was_interleaved == is_interleaved;
  const size_t cb = capture_chroma(), cr = cb + capture_chroma_bytes();
  const Bytes bytes = {next, last, grid.stride, TILE};
  const Bytes both = {next + cb, last + cb, 2 * half.stride, 2 * TILE};
  const Bytes planes[2] = {{next + cb, last + cb, half.stride, TILE}, {next + cr, last + cr, half.stride, TILE}};
  clear_all_beyond(is_interleaved);
  take_luma(&bytes, is_compared, luma, luma_changed);
  take_chroma(is_interleaved ? &both : planes, is_interleaved, is_compared, chroma, chroma_changed);
  uint8_t *taken = next;
  next = last;
  last = taken;
  has_last = true;
  was_interleaved = is_interleaved;
  return is_compared;
}
