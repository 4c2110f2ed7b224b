/** See `_points`, `_holding`, `_by_points` and `_places_of` of codec/picture/motion.py. */

#include "motion_points.h"

#include "vectors.h"

enum { THIRDS = 3, MAX_VECTORS = POINTS * NEAREST };

static const uint8_t *line_at(const uint8_t *picture, const Area *area, int x, int y) {
  return picture + distance_to(area, x, y);
}

/** Whether a pixel of a line differs from the one before. */
static bool is_edge(const uint8_t *line, int x, PixelBytes pixel_bytes) {
  const uint8_t *pixel = line + x * (int)pixel_bytes;
  return pixel_at(pixel, pixel_bytes) != pixel_at(pixel - pixel_bytes, pixel_bytes);
}

static bool is_striking(const uint8_t *line, PixelBytes pixel_bytes) {
  int changes = 0;
  for (int x = 1; x < TILE; x++) changes += is_edge(line, x, pixel_bytes);
  return changes >= STRIKING;
}

Points find_points(const Area *area) {
  int xs[POINTS_LOOKED_AT], ys[POINTS_LOOKED_AT], striking = 0, turn = 0;
  const int apart = (changed_in_area(area) + POINTS_LOOKED_AT - 1) / POINTS_LOOKED_AT;
  for (int row = 0; row < area->rows; row++) {
    for (int column = 0; column < area->columns; column++) {
      if (!area->changed[row * area->changed_stride + column] || turn++ % apart) continue;
      const int x = column * TILE, y = row * TILE + TILE / 2;
      if (!is_striking(line_at(area->after, area, x, y), area->pixel_bytes)) continue;
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
    const uint8_t *now = line_at(area->after, area, points->x[point], points->y[point]);
    held += is_same_line(line_at(area->before, area, left, top), now, area->pixel_bytes);
  }
  return held * THIRDS >= points->count;
}

/** Set at which bytes of a line its colour changes: the places by which it is looked for. */
static int edges_of(const uint8_t *line, PixelBytes pixel_bytes, int edges[NARROWED]) {
  int count = 0;
  for (int x = 1; x < TILE && count < NARROWED; x++) {
    if (is_edge(line, x, pixel_bytes)) edges[count++] = x * (int)pixel_bytes;
  }
  return count;
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

/** Return a bit for each of sixteen bytes, the lowest for the first: 1 where a pixel begins that is as this one. */
static unsigned same_in_sixteen(const uint8_t *pixels, const uint8_t *pixel, PixelBytes pixel_bytes) {
  const Four places = four_at(pixels);
  const Word word = pixel_at(pixel, pixel_bytes);
  if (pixel_bytes == LUMA_BYTES) return highest_bits((Sixteen)((Sixteen)places == (uint8_t)(word >> 8)));
  if (pixel_bytes == CHROMA_BYTES) return highest_bits((Sixteen)((Eight)places == (uint16_t)word)) & 0x5555;
  return highest_bits((Sixteen)((places & COLOURS) == word)) & 0x1111;
}

/** Find the vectors from every place near a point where its line was before. */
static inline Nearest find_places(const Area *area, PixelBytes pixel_bytes, int x, int y) {
  const int at_once = TILE / (int)pixel_bytes;
  const uint8_t *line = line_at(area->after, area, x, y);
  const int top = most_of(0, y - REACH), bottom = least_of(area->height, y + REACH);
  const int left = most_of(0, x - REACH), end = least_of(area->width, x + REACH) - TILE + 1;
  int edges[NARROWED], all = 0;
  const int count = edges_of(line, pixel_bytes, edges);
  Nearest nearest = {.count = 0};
  for (int row = top; row < bottom; row++) {
    for (int column = left; column < end; column += at_once) {
      const uint8_t *places = line_at(area->before, area, column, row);
      unsigned found = end - column < at_once ? (1u << (end - column) * (int)pixel_bytes) - 1 : ~0u;
      for (int edge = 0; edge < count && found; edge++) {
        found &= same_in_sixteen(places + edges[edge], line + edges[edge], pixel_bytes);
      }
      all += __builtin_popcount(found);
      for (; found; found &= found - 1) {
        const int place = __builtin_ctz(found);
        if (!is_same_line(places + place, line, pixel_bytes)) continue;
        keep_nearest(&nearest, (Vector){x - column - place / (int)pixel_bytes, y - row});
      }
    }
  }
  if (all > MAX_PLACES) nearest.count = 0;
  return nearest;
}

/** Each form has a loop of its own. */
static Nearest places_of(const Area *area, int x, int y) {
  if (area->pixel_bytes == LUMA_BYTES) return find_places(area, LUMA_BYTES, x, y);
  if (area->pixel_bytes == CHROMA_BYTES) return find_places(area, CHROMA_BYTES, x, y);
  return find_places(area, COLOUR_BYTES, x, y);
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
