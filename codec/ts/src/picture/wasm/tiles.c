/** Each kind's tiles stand together, so the picture is gone through once for each kind. */

#include "tiles.h"

#include <string.h>

#include "median.h"
#include "stream.h"
#include "tile_classification.h"

typedef void (*TileWriter)(PixelForm form, const Tile tile, const Tile shown);

/** Call `write` for every tile of a kind, in the order of the picture. */
static void write_each(const Update *update, int kind, TileWriter write) {
  for (int tile = 0; tile < tiles_in(update->grid); tile++) {
    if (update->kinds[tile] != kind) continue;
    Tile now, shown;
    read_tile(update, update->now, tile, now);
    if (kind == PART) read_tile(update, update->shown, tile, shown);
    write(update->form, now, shown);
  }
}

static uint8_t *put_pixel(uint8_t *to, PixelForm form, Word pixel) {
  if (form == LUMA) pixel >>= 8;
  for (int byte = 0; byte < bytes_of(form); byte++, pixel >>= 8) *to++ = (uint8_t)pixel;
  return to;
}

static uint8_t *next_pixels(PixelForm form, int count) { return stream_next((size_t)(bytes_of(form) * count)); }

static uint8_t *put_bits(uint8_t *to, uint16_t bits) {
  to[0] = (uint8_t)bits;
  to[1] = (uint8_t)(bits >> 8);
  return to + 2;
}

static void write_solid(PixelForm form, const Tile tile, const Tile shown) {
  (void)shown;
  put_pixel(next_pixels(form, 1), form, tile[0]);
}

static void write_two(PixelForm form, const Tile tile, const Tile shown) {
  (void)shown;
  int other = 0;
  while (tile[other] == tile[0]) other++;
  put_pixel(put_pixel(next_pixels(form, 2), form, tile[0]), form, tile[other]);
  uint8_t *to = stream_next(MARKS);
  Word first[TILE];
  for (int x = 0; x < TILE; x++) first[x] = tile[0];
  for (int y = 0; y < TILE; y++) to = put_bits(to, changes_in_line(tile + y * TILE, first));
}

static void write_part_marks(PixelForm form, const Tile tile, const Tile shown) {
  (void)form;
  uint8_t *to = stream_next(MARKS);
  for (int y = 0; y < TILE; y++) to = put_bits(to, changes_in_line(tile + y * TILE, shown + y * TILE));
}

static void write_part_pixels(PixelForm form, const Tile tile, const Tile shown) {
  for (int place = 0; place < PIXELS; place++) {
    if (tile[place] != shown[place]) put_pixel(next_pixels(form, 1), form, tile[place]);
  }
}

/** Planes, every row less the row above it. */
static void write_photo(PixelForm form, const Tile tile, const Tile shown) {
  (void)shown;
  uint8_t planes[PLANES][PIXELS];
  split_planes(form, tile, planes);
  uint8_t *to = next_pixels(form, PIXELS);
  for (int plane = 0; plane < bytes_of(form); plane++, to += PIXELS) {
    memcpy(to, planes[plane], TILE);
    for (int place = TILE; place < PIXELS; place++) {
      to[place] = (uint8_t)(planes[plane][place] - planes[plane][place - TILE]);
    }
  }
}

static void write_plain(PixelForm form, const Tile tile, const Tile shown) {
  (void)shown;
  uint8_t *to = next_pixels(form, PIXELS);
  for (int place = 0; place < PIXELS; place++) to = put_pixel(to, form, tile[place]);
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
  if (medians != MOSTLY_NOISE) write_median(update->form, differences, medians);
}
