/** What the viewer shows, beside what the screen shows now: the same rules as codec/picture/reference.py. */
#pragma once

#include "save_under.h"

/** Take what pictures of this size need. Returns whether there was enough memory. */
bool reference_create(const Grid *grid);

/** The viewer shows black. */
void reference_forget(void);

/** What the screen shows now is written here, and what is beyond its edges becomes zero by `reference_see`. */
Word *reference_now(void);
const Word *reference_shown(void);

/** Mark the tiles of `changed` in which the two differ; return how many. */
int reference_see(uint8_t *changed);

/** Carry out what only moved; `changed` is what is left. Returns how many moves. */
int reference_move(uint8_t *changed, Move moves[MAX_MOVES]);

/** The viewer will show the tiles in `changed` as they are now. */
void reference_keep(const uint8_t *changed);
