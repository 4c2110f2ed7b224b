/** See codec/picture/save_under.py. */

#include "save_under.h"

#include <string.h>

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

static void copy_box(const Grid *grid, const Word *from, Word *to, Box box) {
  for (int y = box.top; y < box.bottom; y++) {
    const size_t line = (size_t)y * (size_t)grid->stride + (size_t)box.left;
    memcpy(to + line, from + line, (size_t)(box.right - box.left) * sizeof(Word));
  }
}

/** Copy the rectangle line by line, and none before it was read. */
static void shift(const Grid *grid, Word *picture, const Move *move) {
  for (int turn = 0; turn < move->height; turn++) {
    const int line = move->y + (move->dy > 0 ? move->height - 1 - turn : turn);
    Word *to = picture + (size_t)line * (size_t)grid->stride + move->x;
    const Word *from = picture + (size_t)(line - move->dy) * (size_t)grid->stride + (move->x - move->dx);
    memmove(to, from, (size_t)move->width * sizeof(Word));
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

bool may_restore(const SaveUnder *layers, const Move *move, const Word *now) {
  Box parts[MAX_PARTS];
  const int count = without(source_of(move), target_of(move), parts);
  long same = 0, pixels = 0;
  for (int part = 0; part < count; part++) {
    const Box box = parts[part];
    for (int y = box.top; y < box.bottom; y++) {
      const size_t line = (size_t)y * (size_t)layers->grid->stride;
      for (int x = box.left; x < box.right; x++) {
        same += ((layers->under[line + (size_t)x] ^ now[line + (size_t)x]) & COLOURS) == 0;
      }
    }
    pixels += (long)(box.bottom - box.top) * (box.right - box.left);
  }
  return same * 2 > pixels;
}
