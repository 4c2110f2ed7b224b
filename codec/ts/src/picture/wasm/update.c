/** See codec/picture/update.py, and Encoder._kinds_in_version for what its packets have. */

#include "update.h"

#include "tile_classification.h"
#include "vectors.h"

static Four with_red_highest(Four rgb) { return (rgb & 0xFF00u) | rgb >> 16 | (rgb & 0xFFu) << 16; }

void read_tile(const Update *update, const Word *picture, int tile, Tile into) {
  const Word *line = picture + place_of(update->grid, tile);
  for (int y = 0; y < TILE; y++, line += update->grid->stride) {
    for (int x = 0; x < TILE; x += 4, into += 4) {
      Four four = four_at(line + x) & COLOURS;
      if (update->form == RGB) four = with_red_highest(four);
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
