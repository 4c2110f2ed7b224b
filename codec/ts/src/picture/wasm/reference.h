/** What the viewer shows, beside what the screen shows now: the same rules as codec/picture/reference.py. */
#pragma once

#include "motion.h"

/** What the screen shows is written to `now`. */
typedef struct {
  Grid grid;
  uint8_t *now, *shown, *under;
  bool is_under_used;
  Vector recent[RECENT];
  int recents;
} Reference;

/** Take the work space for all pictures that are not larger than this. Returns whether there was enough memory. */
bool reference_create_work(const Grid *largest);

/** Take what a picture of this size needs, and so many bytes behind `now`. Returns whether there was enough memory. */
bool reference_create(Reference *reference, const Grid *grid, size_t behind);

/** The viewer shows black. */
void reference_forget(Reference *reference);

/** Let `now` be as `shown` outside of these rows of tiles. */
void reference_stay(Reference *reference, int first_row, int end_row);

/** Make what is beyond the edges zero, and mark the tiles of `changed` in which the two differ; return how many. */
int reference_see(Reference *reference, uint8_t *changed);

/** Carry out what only moved; `changed` is what is left. Returns how many moves. */
int reference_move(Reference *reference, uint8_t *changed, Move moves[MAX_MOVES]);

/** The same, by nothing but these vectors. */
int reference_move_by(Reference *reference, const Vector *vectors, int count, uint8_t *changed, Move moves[MAX_MOVES]);

/** The viewer will show the tiles in `changed` as they are now. */
void reference_keep(Reference *reference, const uint8_t *changed);
