/** See `_points`, `_holding`, `_by_points` and `_places_of` of codec/picture/motion.py. */

#include "motion_points.h"

#include "vectors.h"

enum { THIRDS = 3, MAX_VECTORS = POINTS * NEAREST };

static const Word *line_at(const Word *picture, const Area *area, int x, int y) {
  return picture + (size_t)y * (size_t)area->stride + (size_t)x;
}

static bool is_striking(const Word *line) {
  int changes = 0;
  for (int x = 1; x < TILE; x++) changes += differ(line[x], line[x - 1]);
  return changes >= STRIKING;
}

Points find_points(const Area *area) {
  int xs[POINTS_LOOKED_AT], ys[POINTS_LOOKED_AT], striking = 0, turn = 0;
  const int apart = (changed_in_area(area) + POINTS_LOOKED_AT - 1) / POINTS_LOOKED_AT;
  for (int row = 0; row < area->rows; row++) {
    for (int column = 0; column < area->columns; column++) {
      if (!area->changed[row * area->changed_stride + column] || turn++ % apart) continue;
      const int x = column * TILE, y = row * TILE + TILE / 2;
      if (!is_striking(line_at(area->after, area, x, y))) continue;
      xs[striking] = x;
      ys[striking++] = y;
    }
  }
  Points points = {.count = striking ? POINTS : 0};
  for (int point = 0; point < points.count; point++) {  // spread evenly, rounded as numpy's linspace does
    const int place = point == POINTS - 1 ? striking - 1 : (int)(point * ((striking - 1) / (double)(POINTS - 1)));
    points.x[point] = xs[place];
    points.y[point] = ys[place];
  }
  return points;
}

bool is_held(const Area *area, const Points *points, Vector vector) {
  int held = 0;
  for (int point = 0; point < points->count; point++) {
    const int left = points->x[point] - vector.dx, top = points->y[point] - vector.dy;
    if (top < 0 || top >= area->height || left < 0 || left > area->width - TILE) continue;
    const Word *now = line_at(area->after, area, points->x[point], points->y[point]);
    held += is_same_line(line_at(area->before, area, left, top), now);
  }
  return held * THIRDS >= points->count;
}

/** Where a line changes its colour: the places by which it is looked for. */
static int edges_of(const Word *line, int edges[NARROWED]) {
  int count = 0;
  for (int x = 1; x < TILE && count < NARROWED; x++) {
    if (differ(line[x], line[x - 1])) edges[count++] = x;
  }
  return count;
}

/** Return how many edges, from the first on, are in this place. */
static int count_edges(const Word *place, const Word *line, const int *edges, int count) {
  int same = 0;
  while (same < count && !differ(place[edges[same]], line[edges[same]])) same++;
  return same;
}

typedef struct {
  Vector vectors[NEAREST];
  int count;
} Nearest;

static int length_of(Vector vector) {
  return (vector.dx < 0 ? -vector.dx : vector.dx) + (vector.dy < 0 ? -vector.dy : vector.dy);
}

/** Keep the shortest, and of those that are as long the ones that came first. */
static void keep_nearest(Nearest *nearest, Vector vector) {
  int place = nearest->count;
  while (place > 0 && length_of(nearest->vectors[place - 1]) > length_of(vector)) place--;
  if (place == NEAREST) return;
  if (nearest->count < NEAREST) nearest->count++;
  for (int later = nearest->count - 1; later > place; later--) nearest->vectors[later] = nearest->vectors[later - 1];
  nearest->vectors[place] = vector;
}

/** Whether as many edges as are needed to have few places leave few enough. `with[n]` places have n edges. */
static bool are_few(const int *with, int edges) {
  for (int needed = 1; needed <= edges; needed++) {
    int places = 0;
    for (int more = needed; more <= edges; more++) places += with[more];
    if (places <= MAX_PLACES) return true;
  }
  return false;
}

/** Whether any of four neighbouring places has this pixel, which most have not: one look instead of four. */
static bool is_in_four(const Word *places, Word pixel) {
  const Four differences = (four_at(places) ^ pixel) & COLOURS;
  return is_any((Four)(differences == 0));
}

/** Find the vectors from every place near a point where its line was before. */
static Nearest places_of(const Area *area, int x, int y) {
  const Word *line = line_at(area->after, area, x, y);
  const int top = most_of(0, y - REACH), bottom = least_of(area->height, y + REACH);
  const int left = most_of(0, x - REACH), end = least_of(area->width, x + REACH) - TILE + 1;
  int edges[NARROWED], with[NARROWED + 1] = {0};
  const int count = edges_of(line, edges);
  Nearest nearest = {.count = 0};
  for (int row = top; row < bottom; row++) {
    const Word *places = line_at(area->before, area, 0, row);
    for (int column = left; column < end; column++) {
      while (column + 4 <= end && !is_in_four(places + column + edges[0], line[edges[0]])) column += 4;
      if (column == end) break;
      const int same = count_edges(places + column, line, edges, count);
      with[same]++;
      if (same == count && is_same_line(places + column, line)) {
        keep_nearest(&nearest, (Vector){x - column, y - row});
      }
    }
  }
  if (!are_few(with, count)) nearest.count = 0;
  return nearest;
}

typedef struct {
  Vector vectors[MAX_VECTORS];
  int points[MAX_VECTORS];
  int count;
} Agreement;

static int agree(Agreement *all, Vector vector) {
  for (int place = 0; place < all->count; place++) {
    if (all->vectors[place].dx == vector.dx && all->vectors[place].dy == vector.dy) return ++all->points[place];
  }
  all->vectors[all->count] = vector;
  return all->points[all->count++] = 1;
}

static bool is_none(Vector vector) { return vector.dx == 0 && vector.dy == 0; }

static int most_agreed(const Agreement *all, Vector agreed[MAX_AGREED]) {
  int found = 0, last = -1, last_points = POINTS * NEAREST;
  while (found < MAX_AGREED) {
    int best = -1;
    for (int place = 0; place < all->count; place++) {
      const int points = all->points[place];
      const bool is_later = points < last_points || (points == last_points && place > last);
      if (points < 2 || is_none(all->vectors[place]) || !is_later) continue;
      if (best < 0 || points > all->points[best]) best = place;
    }
    if (best < 0) break;
    last = best;
    last_points = all->points[best];
    agreed[found++] = all->vectors[best];
  }
  return found;
}

int agree_on_vectors(const Area *area, const Points *points, Vector agreed[MAX_AGREED]) {
  static Agreement all;
  all.count = 0;
  for (int turn = 0; turn < points->count; turn++) {
    if (turn == POINTS / THIRDS && all.count == 0) break;  // a third of them, from everywhere, were nowhere
    const int point = turn % (POINTS / THIRDS) * THIRDS + turn / (POINTS / THIRDS);
    const Nearest nearest = places_of(area, points->x[point], points->y[point]);
    for (int place = 0; place < nearest.count; place++) {
      if (agree(&all, nearest.vectors[place]) != ENOUGH || is_none(nearest.vectors[place])) continue;
      agreed[0] = nearest.vectors[place];
      return 1;
    }
  }
  return most_agreed(&all, agreed);
}
