/** See codec/picture/save_under.py. */

#include "save_under.h"

#include <string.h>

#include "vectors.h"

Box target_of(const Move *move) { return (Box){move->y, move->x, move->y + move->height, move->x + move->width}; }

Box source_of(const Move *move) {
  const int top = move->y - move->dy, left = move->x - move->dx;
  return (Box){top, left, top + move->height, left + move->width};
}

static bool is_empty(Box box) { return box.top >= box.bottom || box.left >= box.right; }

int without(Box box, Box other, Box parts[MAX_PARTS]) {
  const Box inner = {most_of(box.top, other.top), most_of(box.left, other.left), least_of(box.bottom, other.bottom),
                     least_of(box.right, other.right)};
  if (is_empty(inner)) {
    parts[0] = box;
    return 1;
  }
  const Box all[MAX_PARTS] = {
      {box.top, box.left, inner.top, box.right},
      {inner.bottom, box.left, box.bottom, box.right},
      {inner.top, box.left, inner.bottom, inner.left},
      {inner.top, inner.right, inner.bottom, box.right},
  };
  int count = 0;
  for (int part = 0; part < MAX_PARTS; part++) {
    if (!is_empty(all[part])) parts[count++] = all[part];
  }
  return count;
}

static void copy_box(const Grid *grid, const uint8_t *from, uint8_t *to, Box box) {
  for (int y = box.top; y < box.bottom; y++) {
    const size_t line = place_of(grid, box.left, y);
    memcpy(to + line, from + line, (size_t)(box.right - box.left) * grid->pixel_bytes);
  }
}

/** Copy the rectangle line by line, and none before it was read. */
static void shift(const Grid *grid, uint8_t *picture, const Move *move) {
  for (int turn = 0; turn < move->height; turn++) {
    const int line = move->y + (move->dy > 0 ? move->height - 1 - turn : turn);
    uint8_t *to = picture + place_of(grid, move->x, line);
    const uint8_t *from = picture + place_of(grid, move->x - move->dx, line - move->dy);
    memmove(to, from, (size_t)move->width * grid->pixel_bytes);
  }
}

void apply_move(SaveUnder *layers, const Move *move) {
  Box parts[MAX_PARTS];
  const int covered = without(target_of(move), source_of(move), parts);
  for (int part = 0; part < covered; part++) copy_box(layers->grid, layers->picture, layers->under, parts[part]);
  shift(layers->grid, layers->picture, move);
  if (!move->restores) return;
  const int uncovered = without(source_of(move), target_of(move), parts);
  for (int part = 0; part < uncovered; part++) copy_box(layers->grid, layers->under, layers->picture, parts[part]);
}

static inline long count_pixels(const uint8_t *one, const uint8_t *other, size_t pixels, PixelBytes pixel_bytes) {
  long same = 0;
  for (size_t place = 0; place < pixels; place++, one += pixel_bytes, other += pixel_bytes) {
    same += pixel_at(one, pixel_bytes) == pixel_at(other, pixel_bytes);
  }
  return same;
}

/** Return how many pixels are the same. Each form has a loop of its own. */
static long count_same(const uint8_t *one, const uint8_t *other, size_t pixels, PixelBytes pixel_bytes) {
  if (pixel_bytes == LUMA_BYTES) return count_pixels(one, other, pixels, LUMA_BYTES);
  if (pixel_bytes == CHROMA_BYTES) return count_pixels(one, other, pixels, CHROMA_BYTES);
  return count_pixels(one, other, pixels, COLOUR_BYTES);
}

bool may_restore(const SaveUnder *layers, const Move *move, const uint8_t *now) {
  Box parts[MAX_PARTS];
  const int count = without(source_of(move), target_of(move), parts);
  long same = 0, pixels = 0;
  for (int part = 0; part < count; part++) {
    const Box box = parts[part];
    for (int y = box.top; y < box.bottom; y++) {
      const size_t line = place_of(layers->grid, box.left, y);
      same += count_same(layers->under + line, now + line, (size_t)(box.right - box.left), layers->grid->pixel_bytes);
    }
    pixels += (long)(box.bottom - box.top) * (box.right - box.left);
  }
  return same * 2 > pixels;
}
