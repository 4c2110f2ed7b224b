/** How many lines of some strips speak for a vertical or a horizontal move. */
#pragma once

#include "motion.h"

enum { MAX_VOTES = 2 * STRIPS };

typedef struct {
  Vector vectors[MAX_VOTES];
  int lines[MAX_VOTES];
  int count;
} Votes;

/** Take what `count_votes` needs for pictures of this size. Returns whether there was enough memory. */
bool votes_create(const Grid *grid);

/** Return the vectors that enough lines speak for, in the order in which they were met. */
Votes count_votes(const Area *area);
