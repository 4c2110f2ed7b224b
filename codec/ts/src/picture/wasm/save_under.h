/** What a move does to a picture: the same rules as codec/picture/save_under.py, which says why. */
#pragma once

#include "picture.h"

/** The rectangle at (x, y) shows now what was at (x - dx, y - dy). `restores`: what it uncovers is taken from under it. */
typedef struct {
  int x, y, width, height, dx, dy;
  bool restores;
} Move;

/** A picture, and under it what moved rectangles have covered. */
typedef struct {
  const Grid *grid;
  uint8_t *picture, *under;
} SaveUnder;

enum { MAX_PARTS = 4 };

Box target_of(const Move *move);
Box source_of(const Move *move);

/** Fill `parts` with what lies in a box and not in another; return how many. */
int without(Box box, Box other, Box parts[MAX_PARTS]);

/** Carry out a move. What it newly covers is kept; what it uncovers is put back where the move says so. */
void apply_move(SaveUnder *layers, const Move *move);

/** Whether most of what the move uncovers is known: `now` shows what is there now. */
bool may_restore(const SaveUnder *layers, const Move *move, const uint8_t *now);
