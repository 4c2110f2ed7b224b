/** A few striking lines of tiles, and where they were before. */
#pragma once

#include "motion.h"

/** Striking lines: where each begins in the area. */
typedef struct {
  int x[POINTS], y[POINTS];
  int count;  // POINTS, or 0 where nothing is striking
} Points;

enum { MAX_AGREED = 2 };

Points find_points(const Area *area);

/** Whether a third of the points were there before, by this vector. */
bool is_held(const Area *area, const Points *points, Vector vector);

/** Fill `agreed` with the vectors that several points agree on; return how many. */
int agree_on_vectors(const Area *area, const Points *points, Vector agreed[MAX_AGREED]);
