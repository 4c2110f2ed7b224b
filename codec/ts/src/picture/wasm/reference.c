/** See codec/picture/reference.py. */

#include "reference.h"

#include <string.h>

#include "diff.h"
#include "memory.h"
#include "motion.h"
#include "vectors.h"

static uint8_t *holds;

bool reference_create_work(const Grid *largest) {
  holds = memory_take((size_t)tiles_in(largest));
  return holds && motion_create(largest);
}

bool reference_create(Reference *reference, const Grid *grid, size_t behind) {
  const size_t bytes = picture_bytes(grid), now_bytes = bytes + behind;
  uint8_t *now = memory_take(now_bytes), *shown = memory_take(bytes + READ_BEHIND), *under = memory_take(bytes);
  *reference = (Reference){*grid, now, shown, under, false, {{0, 0}}, 0};
  if (!now || !shown || !under) return false;
  memset(now, 0, now_bytes);
  memset(shown, 0, bytes + READ_BEHIND);
  memset(under, 0, bytes);
  return true;
}

void reference_forget(Reference *reference) {
  memset(reference->shown, 0, picture_bytes(&reference->grid));
  if (reference->is_under_used) memset(reference->under, 0, picture_bytes(&reference->grid));
  reference->is_under_used = false;
}

static void clear_beyond_edges(Reference *reference) {
  const Grid *grid = &reference->grid;
  const size_t beyond = (size_t)(grid->stride - grid->width) * grid->pixel_bytes;
  for (int y = 0; beyond && y < grid->height; y++) memset(reference->now + place_of(grid, grid->width, y), 0, beyond);
  const size_t end = place_of(grid, 0, grid->height);
  memset(reference->now + end, 0, picture_bytes(grid) - end);
}

void reference_stay(Reference *reference, int first_row, int end_row) {
  const Grid *grid = &reference->grid;
  const size_t first = place_of(grid, 0, least_of(first_row, grid->rows) * TILE);
  const size_t end = place_of(grid, 0, least_of(end_row, grid->rows) * TILE);
  memcpy(reference->now, reference->shown, first);
  memcpy(reference->now + end, reference->shown + end, picture_bytes(grid) - end);
}

/** Return the tiles of a box in what is shown and in what there is now. */
static Pair pair_of(const Reference *reference, Box box) {
  const Grid *grid = &reference->grid;
  const size_t first = place_of(grid, box.left * TILE, box.top * TILE);
  return (Pair){
      .one = reference->shown + first,
      .other = reference->now + first,
      .line_bytes = line_bytes(grid),
      .pixel_bytes = grid->pixel_bytes,
      .columns = box.right - box.left,
      .rows = box.bottom - box.top,
  };
}

int reference_see(Reference *reference, uint8_t *changed) {
  const Grid *grid = &reference->grid;
  clear_beyond_edges(reference);
  const Pair pair = pair_of(reference, (Box){0, 0, grid->rows, grid->columns});
  return mark_differing(&pair, changed, grid->columns);
}

static int count_in(const Grid *grid, const uint8_t *changed) {
  int count = 0;
  for (int tile = 0; tile < tiles_in(grid); tile++) count += changed[tile];
  return count;
}

/** Return the smallest box of tiles with everything that changed, of which there is something. */
static Box around(const Grid *grid, const uint8_t *changed) {
  Box box = {grid->rows, grid->columns, 0, 0};
  for (int row = 0; row < grid->rows; row++) {
    for (int column = 0; column < grid->columns; column++) {
      if (!*changed++) continue;
      box = (Box){least_of(box.top, row), least_of(box.left, column), row + 1, most_of(box.right, column + 1)};
    }
  }
  return box;
}

/** Return the tiles that a box of pixels touches. */
static Box covering(Box box) {
  return (Box){box.top / TILE, box.left / TILE, (box.bottom + TILE - 1) / TILE, (box.right + TILE - 1) / TILE};
}

static Area area_of(const Reference *reference, Box box, const uint8_t *changed) {
  const Grid *grid = &reference->grid;
  const Pair pair = pair_of(reference, box);
  return (Area){
      .before = pair.one,
      .after = pair.other,
      .line_bytes = pair.line_bytes,
      .pixel_bytes = pair.pixel_bytes,
      .width = (box.right - box.left) * TILE,
      .height = (box.bottom - box.top) * TILE,
      .changed = changed + box.top * grid->columns + box.left,
      .changed_stride = grid->columns,
      .columns = box.right - box.left,
      .rows = box.bottom - box.top,
  };
}

/** A wheel turns by the same step again, and a hand that drags keeps its pace. */
static void remember(Reference *reference, Vector vector) {
  Vector *recent = reference->recent;
  int place = 0;
  while (place < reference->recents && (recent[place].dx != vector.dx || recent[place].dy != vector.dy)) place++;
  if (place == reference->recents && reference->recents < RECENT) reference->recents++;
  for (int later = least_of(place, reference->recents - 1); later > 0; later--) recent[later] = recent[later - 1];
  recent[0] = vector;
}

static void look_again_at(const Reference *reference, Box box, uint8_t *changed) {
  const int columns = reference->grid.columns;
  const Pair pair = pair_of(reference, box);
  mark_differing(&pair, changed + box.top * columns + box.left, columns);
}

/** Say again which tiles differ. Inside the move its proof knows; edges and what it uncovers are looked at. */
static void look_again(const Reference *reference, const Move *move, Box area, uint8_t *changed) {
  const Box target = target_of(move), outer = covering(target);
  const Box inner = {(target.top + TILE - 1) / TILE, (target.left + TILE - 1) / TILE, target.bottom / TILE,
                     target.right / TILE};
  Box parts[MAX_PARTS];
  const int uncovered = move->restores ? without(source_of(move), target, parts) : 0;
  for (int part = 0; part < uncovered; part++) look_again_at(reference, covering(parts[part]), changed);
  const bool has_inside = inner.top < inner.bottom && inner.left < inner.right;
  const int edges = without(outer, has_inside ? inner : (Box){0}, parts);
  for (int part = 0; part < edges; part++) look_again_at(reference, parts[part], changed);
  for (int row = inner.top; has_inside && row < inner.bottom; row++) {
    for (int column = inner.left; column < inner.right; column++) {
      const int place = (row - area.top) * (area.right - area.left) + column - area.left;
      changed[row * reference->grid.columns + column] = !holds[place];
    }
  }
}

/** The vectors that are looked for, where not any is. */
typedef struct {
  const Vector *vectors;
  int count;
} Known;

/** Find and carry out the move that explains most of what changed, or the first of those that are known. */
static bool move_once(Reference *reference, const Known *known, uint8_t *changed, Move *move) {
  const Box box = around(&reference->grid, changed);
  const Area area = area_of(reference, box, changed);
  const bool is_found = known ? find_known_move(&area, known->vectors, known->count, move, holds)
                              : find_move(&area, reference->recent, reference->recents, move, holds);
  if (!is_found) return false;
  remember(reference, (Vector){move->dx, move->dy});
  move->x += box.left * TILE;
  move->y += box.top * TILE;
  SaveUnder layers = {&reference->grid, reference->shown, reference->under};
  move->restores = may_restore(&layers, move, reference->now);
  apply_move(&layers, move);
  reference->is_under_used = true;
  look_again(reference, move, box, changed);
  return true;
}

static int move_all(Reference *reference, const Known *known, uint8_t *changed, Move moves[MAX_MOVES]) {
  const Grid *grid = &reference->grid;
  const int least = most_of(count_in(grid, changed) / WORTH, MIN_TILES);
  int count = 0;
  while (count < MAX_MOVES && count_in(grid, changed) > least && move_once(reference, known, changed, moves + count)) {
    count++;
  }
  return count;
}

int reference_move(Reference *reference, uint8_t *changed, Move moves[MAX_MOVES]) {
  return move_all(reference, NULL, changed, moves);
}

int reference_move_by(Reference *reference, const Vector *vectors, int count, uint8_t *changed, Move moves[MAX_MOVES]) {
  const Known known = {vectors, count};
  return move_all(reference, &known, changed, moves);
}

void reference_keep(Reference *reference, const uint8_t *changed) {
  const Grid *grid = &reference->grid;
  for (int tile = 0; tile < tiles_in(grid); tile++) {
    if (!changed[tile]) continue;
    size_t line = place_of_tile(grid, tile);
    for (int y = 0; y < TILE; y++, line += line_bytes(grid)) {
      copy_line(reference->shown + line, reference->now + line, grid->pixel_bytes);
    }
  }
}
