/** See codec/picture/update.py, and Encoder._kinds_in_version for what its packets have. */

#include "update.h"

#include "tile_classification.h"
#include "vectors.h"

typedef uint8_t FourLevels __attribute__((vector_size(4)));
typedef uint16_t FourHalves __attribute__((vector_size(8)));

static Four with_red_highest(Four rgb) { return (rgb & 0xFF00u) | rgb >> 16 | (rgb & 0xFFu) << 16; }

static Four read_four(const uint8_t *pixels, PixelForm form) {
  if (form == LUMA) {
    FourLevels levels;
    memcpy(&levels, pixels, sizeof levels);
    return __builtin_convertvector(levels, Four) << 8;
  }
  if (form == CHROMA) {
    FourHalves halves;
    memcpy(&halves, pixels, sizeof halves);
    return __builtin_convertvector(halves, Four);
  }
  const Four four = four_at(pixels) & COLOURS;
  return form == RGB ? with_red_highest(four) : four;
}

void read_tile(const Update *update, const uint8_t *picture, int tile, Tile into) {
  const Grid *grid = update->grid;
  const uint8_t *line = picture + place_of_tile(grid, tile);
  for (int y = 0; y < TILE; y++, line += line_bytes(grid)) {
    for (int x = 0; x < TILE; x += 4, into += 4) {
      const Four four = read_four(line + (size_t)x * grid->pixel_bytes, update->form);
      memcpy(into, &four, sizeof four);
    }
  }
}

static int photographs_in(const Update *update) {
  int count = 0;
  for (int tile = 0; tile < tiles_in(update->grid); tile++) {
    count += update->kinds[tile] == PHOTO || update->kinds[tile] == MEDIAN;
  }
  return count;
}

/** Turn the kinds into those of this version's packets: the oldest has no median, others prefer it to photo. */
static void fit_to_version(Update *update, int version) {
  const bool is_plain = version == OLDEST_VERSION || photographs_in(update) < SCATTERED;
  for (int tile = 0; tile < tiles_in(update->grid); tile++) {
    uint8_t *kind = &update->kinds[tile];
    if (*kind == MEDIAN && is_plain) *kind = PLAIN;
    if (*kind == PHOTO && version != OLDEST_VERSION) *kind = MEDIAN;
  }
}

void choose_kinds(Update *update, const uint8_t *changed, bool is_known, int version) {
  for (int tile = 0; tile < tiles_in(update->grid); tile++) {
    update->kinds[tile] = NOT_WRITTEN;
    if (!changed[tile]) continue;
    Tile now, shown;
    read_tile(update, update->now, tile, now);
    int kind = kind_of(now);
    if (kind >= PHOTO && is_known) {
      read_tile(update, update->shown, tile, shown);
      if (is_part(now, shown)) kind = PART;
    }
    update->kinds[tile] = (uint8_t)kind;
  }
  fit_to_version(update, version);
}
