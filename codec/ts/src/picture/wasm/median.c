/** See codec/picture/median.py. Differences are kept plus SMALL, so that those which fit in half a byte are 0 to 14. */

#include "median.h"

#include <string.h>

#include "stream.h"

static void split_colours(const Tile tile, uint8_t planes[PLANES][PIXELS]) {
  for (int place = 0; place < PIXELS; place++) {
    const uint8_t green = (uint8_t)(tile[place] >> 8);
    planes[0][place] = green;
    planes[1][place] = (uint8_t)((uint8_t)tile[place] - green);
    planes[2][place] = (uint8_t)((uint8_t)(tile[place] >> 16) - green);
  }
}

void split_planes(PixelForm form, const Tile tile, uint8_t planes[PLANES][PIXELS]) {
  if (form == BGR || form == RGB) {
    split_colours(tile, planes);
    return;
  }
  const int first = form == LUMA;
  for (int plane = 0; plane < bytes_of(form); plane++) {
    for (int place = 0; place < PIXELS; place++) planes[plane][place] = (uint8_t)(tile[place] >> 8 * (first + plane));
  }
}

static uint8_t least(uint8_t a, uint8_t b) { return a < b ? a : b; }
static uint8_t most(uint8_t a, uint8_t b) { return a > b ? a : b; }

/** Subtract from each pixel what its neighbours say. `before` is the last pixel of the first row of the tile before. */
static void subtract(const uint8_t plane[PIXELS], uint8_t before, uint8_t *differences) {
  differences[0] = (uint8_t)(plane[0] - before + SMALL);
  for (int x = 1; x < TILE; x++) differences[x] = (uint8_t)(plane[x] - plane[x - 1] + SMALL);
  for (int y = 1; y < TILE; y++) {
    const uint8_t *line = plane + y * TILE, *above = line - TILE;
    uint8_t *to = differences + y * TILE;
    to[0] = (uint8_t)(line[0] - above[0] + SMALL);
    for (int x = 1; x < TILE; x++) {
      const uint8_t low = least(line[x - 1], above[x]), high = most(line[x - 1], above[x]);
      const uint8_t corner = least(most(above[x - 1], low), high);
      to[x] = (uint8_t)(line[x] - line[x - 1] - above[x] + corner + SMALL);
    }
  }
}

static int count_outside(const uint8_t *differences, int bytes) {
  int outside = 0;
  for (int at = 0; at < bytes; at++) outside += differences[at] >= OUTSIDE;
  return outside;
}

static int count_median(const Update *update) {
  int count = 0;
  for (int tile = 0; tile < tiles_in(update->grid); tile++) count += update->kinds[tile] == MEDIAN;
  return count;
}

int subtract_median(const Update *update, uint8_t *differences) {
  const int count = count_median(update), all_planes = bytes_of(update->form);
  const long most_outside = (long)all_planes * HALVES * count;
  long outside = 0;
  uint8_t before[PLANES] = {0};
  uint8_t *to = differences;
  for (int tile = 0; tile < tiles_in(update->grid) && outside <= most_outside; tile++) {
    if (update->kinds[tile] != MEDIAN) continue;
    Tile now;
    uint8_t planes[PLANES][PIXELS];
    read_tile(update, update->now, tile, now);
    split_planes(update->form, now, planes);
    for (int plane = 0; plane < all_planes; plane++, to += PIXELS) {
      subtract(planes[plane], before[plane], to);
      before[plane] = planes[plane][TILE - 1];
      outside += count_outside(to, PIXELS);
    }
  }
  return outside > most_outside ? MOSTLY_NOISE : count;
}

/** Two neighbours in a byte, the left one in its low half. */
static void write_halves(const uint8_t *differences) {
  uint8_t *to = stream_next(HALVES);
  for (int pair = 0; pair < HALVES; pair++) {
    to[pair] = (uint8_t)(least(differences[2 * pair], OUTSIDE) | least(differences[2 * pair + 1], OUTSIDE) << 4);
  }
}

static void write_rest(const uint8_t *differences) {
  for (int at = 0; at < PIXELS; at++) {
    if (differences[at] >= OUTSIDE) *stream_next(1) = (uint8_t)(differences[at] - SMALL);
  }
}

void write_median(PixelForm form, const uint8_t *differences, int count) {
  const int all_planes = bytes_of(form);
  for (int plane = 0; plane < all_planes; plane++) {
    for (int tile = 0; tile < count; tile++) write_halves(differences + (size_t)(tile * all_planes + plane) * PIXELS);
  }
  for (int plane = 0; plane < all_planes; plane++) {
    for (int tile = 0; tile < count; tile++) write_rest(differences + (size_t)(tile * all_planes + plane) * PIXELS);
  }
}
