/** See codec/picture/motion.py: `find_move` and what proves a move. */

#include "motion.h"

#include <string.h>

#include "diff.h"
#include "memory.h"
#include "motion_points.h"
#include "motion_votes.h"
#include "vectors.h"

enum { MAX_VECTORS = MAX_AGREED + MAX_VOTES, RANKED = 2 };

static Box bulk;  // where nearly all has changed, in pixels: moves are looked for there alone
static uint8_t *held_now;  // what `find_move` returns as `holds`, for the vector that is being tried

bool motion_create(const Grid *grid) {
  held_now = memory_take((size_t)tiles_in(grid));
  return held_now && votes_create(grid);
}


int changed_in_area(const Area *area) {
  int count = 0;
  for (int row = 0; row < area->rows; row++) {
    for (int column = 0; column < area->columns; column++) count += area->changed[row * area->changed_stride + column];
  }
  return count;
}

void changed_in_lines(const Area *area, int *in_columns, int *in_rows) {
  memset(in_columns, 0, (size_t)area->columns * sizeof *in_columns);
  for (int row = 0; row < area->rows; row++) {
    in_rows[row] = 0;
    for (int column = 0; column < area->columns; column++) {
      const int changed = area->changed[row * area->changed_stride + column];
      in_columns[column] += changed;
      in_rows[row] += changed;
    }
  }
}

/** Return where a pixel was before it moved. */
static const uint8_t *source_at(const Area *area, Vector by, int x, int y) {
  return area->before + distance_to(area, x - by.dx, y - by.dy);
}

static const uint8_t *target_at(const Area *area, int x, int y) { return area->after + distance_to(area, x, y); }

/** Return the part of the bulk whose source is in the area. */
static Box within_reach(const Area *area, Vector by) {
  return (Box){most_of(by.dy, bulk.top), most_of(by.dx, bulk.left), least_of(area->height + by.dy, bulk.bottom),
               least_of(area->width + by.dx, bulk.right)};
}

/** Mark the tiles that show exactly what was there before the move. */
static void mark_held(const Area *area, Vector by, uint8_t *held) {
  const int tiles = area->columns * area->rows;
  const Box reach = within_reach(area, by);
  const Box inner = {(reach.top + TILE - 1) / TILE, (reach.left + TILE - 1) / TILE, reach.bottom / TILE,
                     reach.right / TILE};
  memset(held, 0, (size_t)tiles);
  if (inner.top >= inner.bottom || inner.left >= inner.right) return;
  const int left = inner.left * TILE, top = inner.top * TILE, first = inner.top * area->columns + inner.left;
  const Pair pair = {
      .one = target_at(area, left, top),
      .other = source_at(area, by, left, top),
      .line_bytes = area->line_bytes,
      .pixel_bytes = area->pixel_bytes,
      .columns = inner.right - inner.left,
      .rows = inner.bottom - inner.top,
  };
  mark_differing(&pair, held + first, area->columns);
  for (int row = inner.top; row < inner.bottom; row++) {
    for (int column = inner.left; column < inner.right; column++) held[row * area->columns + column] ^= 1;
  }
}

/** Set from where to where there is much, and return whether there is anything: single tiles lie outside. */
static bool find_span(const int *counts, int length, int *first, int *end) {
  int most = 0;
  for (int place = 0; place < length; place++) most = most_of(most, counts[place]);
  if (most == 0) return false;
  *first = length;
  for (int place = 0; place < length; place++) {
    if (counts[place] * 4 < most) continue;
    *first = least_of(*first, place);
    *end = place + 1;
  }
  return true;
}

/** Set the box of tiles in which a vector explains most, and return whether there is one. */
static bool find_box(const Area *area, const uint8_t *held, Box *box) {
  static int in_columns[MAX_COLUMNS], in_rows[MAX_COLUMNS];
  memset(in_columns, 0, (size_t)area->columns * sizeof *in_columns);
  for (int row = 0; row < area->rows; row++) {
    in_rows[row] = 0;
    for (int column = 0; column < area->columns; column++) {
      const int is_good = held[row * area->columns + column] & area->changed[row * area->changed_stride + column];
      in_columns[column] += is_good;
      in_rows[row] += is_good;
    }
  }
  return find_span(in_rows, area->rows, &box->top, &box->bottom) &&
         find_span(in_columns, area->columns, &box->left, &box->right);
}

/** Whether a move gains enough in its box, and spoils at most half as much. */
static bool is_worth_it(const Area *area, const uint8_t *held, Box box) {
  int gained = 0, spoilt = 0;
  for (int row = box.top; row < box.bottom; row++) {
    for (int column = box.left; column < box.right; column++) {
      const bool is_held = held[row * area->columns + column];
      const bool is_changed = area->changed[row * area->changed_stride + column];
      gained += is_held && is_changed;
      spoilt += !is_held && !is_changed;
    }
  }
  return gained >= MIN_TILES && spoilt * 2 <= gained;
}

static bool is_moved_tile_line(const Area *area, Vector by, int x, int y) {
  return is_same_line(target_at(area, x, y), source_at(area, by, x, y), area->pixel_bytes);
}

static bool is_moved_pixel(const Area *area, Vector by, int x, int y) {
  const uint8_t *now = target_at(area, x, y), *before = source_at(area, by, x, y);
  return pixel_at(now, area->pixel_bytes) == pixel_at(before, area->pixel_bytes);
}

/** Return how many pixels from `x` on to the right moved too, at most `most`. */
static int count_to_right(const Area *area, Vector by, int x, int y, int most) {
  int count = 0;
  while (count + TILE <= most && is_moved_tile_line(area, by, x + count, y)) count += TILE;
  while (count < most && is_moved_pixel(area, by, x + count, y)) count++;
  return count;
}

/** Return how many pixels left of `x` moved too, at most `most`. */
static int count_to_left(const Area *area, Vector by, int x, int y, int most) {
  int count = 0;
  while (count + TILE <= most && is_moved_tile_line(area, by, x - count - TILE, y)) count += TILE;
  while (count < most && is_moved_pixel(area, by, x - count - 1, y)) count++;
  return count;
}

static bool is_moved_line(const Area *area, Vector by, int left, int right, int y) {
  return count_to_right(area, by, left, y, right - left) == right - left;
}

/** The tile rows that lie wholly between two lines. */
typedef struct {
  int first, end;
} Rows;

static bool is_held_column(const Area *area, const uint8_t *held, Rows rows, int column) {
  for (int row = rows.first; row < rows.end; row++) {
    if (!held[row * area->columns + column]) return false;
  }
  return true;
}

/** Widen a range of columns while the lines of the box moved beyond it too. What `held` says is not looked at again. */
static void widen(const Area *area, Vector by, const uint8_t *held, Box *box) {
  const Box reach = within_reach(area, by);
  const Rows rows = {(box->top + TILE - 1) / TILE, box->bottom / TILE};
  int left = box->left / TILE, right = box->right / TILE;
  while (left > 0 && is_held_column(area, held, rows, left - 1)) left--;
  while (right < area->columns && is_held_column(area, held, rows, right)) right++;
  int to_left = box->left - reach.left, to_right = reach.right - box->right;
  for (int y = box->top; y < box->bottom; y++) {
    const bool is_known = y >= rows.first * TILE && y < rows.end * TILE;
    const int known_left = is_known ? least_of(box->left - left * TILE, to_left) : 0;
    const int known_right = is_known ? least_of(right * TILE - box->right, to_right) : 0;
    to_left = known_left + count_to_left(area, by, box->left - known_left, y, to_left - known_left);
    to_right = known_right + count_to_right(area, by, box->right + known_right, y, to_right - known_right);
  }
  box->left -= to_left;
  box->right += to_right;
}

/** Widen a box of pixels while the lines beyond it, then the columns, moved too. */
static Box grown(const Area *area, Vector by, const uint8_t *held, Box box) {
  const Box reach = within_reach(area, by);
  while (box.top > reach.top && is_moved_line(area, by, box.left, box.right, box.top - 1)) box.top--;
  while (box.bottom < reach.bottom && is_moved_line(area, by, box.left, box.right, box.bottom)) box.bottom++;
  widen(area, by, held, &box);
  return box;
}

/** Set the move of the rectangle in which this vector holds for every pixel that matters, and what it holds for. */
static bool prove(const Area *area, Vector by, Move *move, uint8_t *held) {
  if (by.dx >= area->width || -by.dx >= area->width || by.dy >= area->height || -by.dy >= area->height) return false;
  mark_held(area, by, held);
  Box box;
  if (!find_box(area, held, &box) || !is_worth_it(area, held, box)) return false;
  box = grown(area, by, held, (Box){box.top * TILE, box.left * TILE, box.bottom * TILE, box.right * TILE});
  *move = (Move){box.left, box.top, box.right - box.left, box.bottom - box.top, by.dx, by.dy, false};
  return true;
}

/** Put the vectors that most lines speak for first; return how many are left of them. */
static int rank(Votes *votes) {
  for (int place = 1; place < votes->count; place++) {
    for (int at = place; at > 0 && votes->lines[at] > votes->lines[at - 1]; at--) {
      const Vector vector = votes->vectors[at];
      const int lines = votes->lines[at];
      votes->vectors[at] = votes->vectors[at - 1];
      votes->lines[at] = votes->lines[at - 1];
      votes->vectors[at - 1] = vector;
      votes->lines[at - 1] = lines;
    }
  }
  return least_of(votes->count, RANKED);
}

/** Set from where to where there is something, without a little of it that lies far away. */
static void find_bulk_of(const int *counts, int length, int *first, int *end) {
  int total = 0, start = -1, last = -1, weight = 0, first_of_all = -1;
  for (int place = 0; place < length; place++) total += counts[place];
  *first = -1;
  for (int place = 0; place <= length; place++) {
    const int count = place < length ? counts[place] : 0;
    if (start >= 0 && (place == length || (count && place - last > FAR))) {
      if (weight * LITTLE >= total) {
        if (*first < 0) *first = start;
        *end = last + 1;
      }
      start = -1;
    }
    if (count == 0) continue;
    if (first_of_all < 0) first_of_all = place;
    if (start < 0) {
      start = place;
      weight = 0;
    }
    weight += count;
    last = place;
  }
  if (*first >= 0) return;
  *first = first_of_all;
  *end = last + 1;
}

static void find_bulk(const Area *area) {
  static int in_columns[MAX_COLUMNS], in_rows[MAX_COLUMNS];
  changed_in_lines(area, in_columns, in_rows);
  find_bulk_of(in_rows, area->rows, &bulk.top, &bulk.bottom);
  find_bulk_of(in_columns, area->columns, &bulk.left, &bulk.right);
  bulk = (Box){bulk.top * TILE, bulk.left * TILE, bulk.bottom * TILE, bulk.right * TILE};
}

static bool is_among(Vector vector, const Vector *vectors, int count) {
  for (int place = 0; place < count; place++) {
    if (vectors[place].dx == vector.dx && vectors[place].dy == vector.dy) return true;
  }
  return false;
}

/** Keep the move with the larger rectangle of those that these vectors give; of one that is sure, the first. */
static bool find_largest(const Area *area, const Vector *vectors, int count, bool is_sure, Move *found, uint8_t *holds) {
  bool is_found = false;
  for (int place = 0; place < count && !(is_sure && is_found); place++) {
    Move move;
    if (is_among(vectors[place], vectors, place) || !prove(area, vectors[place], &move, held_now)) continue;
    if (is_found && (long)move.width * move.height <= (long)found->width * found->height) continue;
    is_found = true;
    *found = move;
    memcpy(holds, held_now, (size_t)(area->columns * area->rows));
  }
  return is_found;
}

static bool find_among(const Area *area, const Points *points, const Vector *vectors, int count, Move *found, uint8_t *holds) {
  find_bulk(area);
  for (int place = 0; place < count; place++) {
    if (is_held(area, points, vectors[place]) && prove(area, vectors[place], found, holds)) return true;
  }
  return false;
}

bool find_known_move(const Area *area, const Vector *vectors, int count, Move *found, uint8_t *holds) {
  if (count == 0 || changed_in_area(area) < MIN_TILES) return false;
  const Points points = find_points(area);
  return points.count > 0 && find_among(area, &points, vectors, count, found, holds);
}

bool find_move(const Area *area, const Vector *recent, int recents, Move *found, uint8_t *holds) {
  if (changed_in_area(area) < MIN_TILES) return false;
  const Points points = find_points(area);
  if (points.count == 0) return false;  // areas of one colour and soft shades: a move would spare next to nothing
  if (find_among(area, &points, recent, recents, found, holds)) return true;
  Votes votes = count_votes(area);
  const int ranked = rank(&votes);
  const bool is_sure = ranked > 0 && votes.lines[0] * SURE >= area->height;
  Vector vectors[MAX_VECTORS];
  int count = is_sure ? 0 : agree_on_vectors(area, &points, vectors);
  for (int place = 0; place < ranked; place++) vectors[count++] = votes.vectors[place];
  return find_largest(area, vectors, count, is_sure, found, holds);
}
