/** Each kind's tiles stand together, so the picture is gone through once for each kind. */

#include "tiles.h"

#include <string.h>

#include "median.h"
#include "stream.h"
#include "tile_classification.h"

enum { COLOUR_BYTES = 3 };

typedef void (*TileWriter)(const Tile tile, const Tile shown);

/** Call `write` for every tile of a kind, in the order of the picture. */
static void write_each(const Update *update, int kind, TileWriter write) {
  for (int tile = 0; tile < tiles_in(update->grid); tile++) {
    if (update->kinds[tile] != kind) continue;
    Tile now, shown;
    read_tile(update, update->now, tile, now);
    if (kind == PART) read_tile(update, update->shown, tile, shown);
    write(now, shown);
  }
}

static uint8_t *put_colour(uint8_t *to, Word colour) {
  to[0] = (uint8_t)colour;
  to[1] = (uint8_t)(colour >> 8);
  to[2] = (uint8_t)(colour >> 16);
  return to + COLOUR_BYTES;
}

static uint8_t *put_bits(uint8_t *to, uint16_t bits) {
  to[0] = (uint8_t)bits;
  to[1] = (uint8_t)(bits >> 8);
  return to + 2;
}

static void write_solid(const Tile tile, const Tile shown) {
  (void)shown;
  put_colour(stream_next(COLOUR_BYTES), tile[0]);
}

static void write_two(const Tile tile, const Tile shown) {
  (void)shown;
  int other = 0;
  while (tile[other] == tile[0]) other++;
  uint8_t *to = put_colour(put_colour(stream_next(2 * COLOUR_BYTES + MARKS), tile[0]), tile[other]);
  Word first[TILE];
  for (int x = 0; x < TILE; x++) first[x] = tile[0];
  for (int y = 0; y < TILE; y++) to = put_bits(to, changes_in_line(tile + y * TILE, first));
}

static void write_part_marks(const Tile tile, const Tile shown) {
  uint8_t *to = stream_next(MARKS);
  for (int y = 0; y < TILE; y++) to = put_bits(to, changes_in_line(tile + y * TILE, shown + y * TILE));
}

static void write_part_pixels(const Tile tile, const Tile shown) {
  for (int place = 0; place < PIXELS; place++) {
    if (tile[place] != shown[place]) put_colour(stream_next(COLOUR_BYTES), tile[place]);
  }
}

/** Planes of G, B - G and R - G, every row less the row above it. */
static void write_photo(const Tile tile, const Tile shown) {
  (void)shown;
  uint8_t planes[PLANES][PIXELS];
  split_planes(tile, planes);
  uint8_t *to = stream_next(PLANES * PIXELS);
  for (int plane = 0; plane < PLANES; plane++, to += PIXELS) {
    memcpy(to, planes[plane], TILE);
    for (int place = TILE; place < PIXELS; place++) {
      to[place] = (uint8_t)(planes[plane][place] - planes[plane][place - TILE]);
    }
  }
}

static void write_plain(const Tile tile, const Tile shown) {
  (void)shown;
  uint8_t *to = stream_next(PIXELS * COLOUR_BYTES);
  for (int place = 0; place < PIXELS; place++) to = put_colour(to, tile[place]);
}

static void write_kinds(const Update *update) {
  for (int tile = 0; tile < tiles_in(update->grid); tile++) {
    if (update->kinds[tile] != NOT_WRITTEN) *stream_next(1) = update->kinds[tile];
  }
}

static void replace_kind(Update *update, int kind, int other) {
  for (int tile = 0; tile < tiles_in(update->grid); tile++) {
    if (update->kinds[tile] == kind) update->kinds[tile] = (uint8_t)other;
  }
}

void write_tiles(Update *update, uint8_t *differences) {
  const int medians = subtract_median(update, differences);
  if (medians == MOSTLY_NOISE) replace_kind(update, MEDIAN, PHOTO);
  write_kinds(update);
  write_each(update, SOLID, write_solid);
  write_each(update, TWO, write_two);
  write_each(update, PART, write_part_marks);
  write_each(update, PART, write_part_pixels);
  write_each(update, PHOTO, write_photo);
  write_each(update, PLAIN, write_plain);
  if (medians != MOSTLY_NOISE) write_median(differences, medians);
}
