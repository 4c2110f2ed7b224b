/**
 * A line of a strip is summed up in one number, and looked up among those of the picture before. Those are kept in a
 * hash table that is twice as large as there can be lines.
 */

#include "motion_votes.h"

#include <string.h>

#include "memory.h"
#include "vectors.h"

/** A sum, and the first line that has it; `count` is how many have. */
typedef struct {
  Word sum;
  int32_t first;
  int32_t count;  // 0: nothing is here
} Slot;

/** Lines of a strip, along or across: `along` is how far the next pixel of a line is, `across` the next line. */
typedef struct {
  const uint8_t *before, *after;
  int lines;
  size_t along, across;
  PixelBytes pixel_bytes;
} Strip;

static Slot *slots;
static int32_t *line_votes;
static size_t all_slots;

static size_t power_of_two(size_t least) {
  size_t power = 1;
  while (power < least) power *= 2;
  return power;
}

bool votes_create(const Grid *grid) {
  const size_t lines = (size_t)most_of(grid->stride, grid->rows * TILE);
  all_slots = power_of_two(2 * lines);
  slots = memory_take(all_slots * sizeof *slots);
  line_votes = memory_take((2 * lines + 1) * sizeof *line_votes);
  return slots && line_votes;
}

static inline void read_pixels(const uint8_t *line, size_t along, PixelBytes pixel_bytes, Word pixels[STRIP]) {
  if (along == pixel_bytes) {
    for (size_t place = 0; place < STRIP; place++) pixels[place] = pixel_at(line + place * pixel_bytes, pixel_bytes);
  } else {
    for (size_t place = 0; place < STRIP; place++) pixels[place] = pixel_at(line + place * along, pixel_bytes);
  }
}

/** Each form has a loop of its own. */
static void read_line(const Strip *strip, const uint8_t *picture, int line, Word pixels[STRIP]) {
  const uint8_t *from = picture + (size_t)line * strip->across;
  if (strip->pixel_bytes == LUMA_BYTES) read_pixels(from, strip->along, LUMA_BYTES, pixels);
  else if (strip->pixel_bytes == CHROMA_BYTES) read_pixels(from, strip->along, CHROMA_BYTES, pixels);
  else read_pixels(from, strip->along, COLOUR_BYTES, pixels);
}

static Word sum_of(const Word pixels[STRIP]) {
  Word sum = 0;
  for (int place = 0; place < STRIP; place++) sum += pixels[place] * FACTORS[place];
  return sum;
}

static bool is_flat(const Word pixels[STRIP]) {
  for (int place = 1; place < STRIP; place++) {
    if (pixels[place] != pixels[0]) return false;
  }
  return true;
}

static Slot *slot_of(Word sum, size_t used) {
  size_t at = (sum * 2654435769u >> 7) & (used - 1);  // Knuth's: sums of like lines are far from random
  while (slots[at].count && slots[at].sum != sum) at = (at + 1) & (used - 1);
  return slots + at;
}

static size_t remember_lines(const Strip *strip) {
  const size_t used = power_of_two(2 * (size_t)strip->lines);
  memset(slots, 0, used * sizeof *slots);
  Word pixels[STRIP];
  for (int line = 0; line < strip->lines; line++) {
    read_line(strip, strip->before, line, pixels);
    const Word sum = sum_of(pixels);
    Slot *slot = slot_of(sum, used);
    if (slot->count++ == 0) *slot = (Slot){sum, line, 1};
  }
  return used;
}

/** Return about how many lines moved by the same distance, which is set; those of one colour do not count. */
static int count_shifted(const Strip *strip, int *shift) {
  const size_t used = remember_lines(strip);
  const int each = (strip->lines + ASKED - 1) / ASKED;
  memset(line_votes, 0, (size_t)(2 * strip->lines + 1) * sizeof *line_votes);
  Word pixels[STRIP];
  for (int line = 0; line < strip->lines; line += each) {
    read_line(strip, strip->after, line, pixels);
    const Slot *slot = slot_of(sum_of(pixels), used);
    if (slot->count != 1 || slot->first == line || is_flat(pixels)) continue;
    line_votes[line - slot->first + strip->lines]++;
  }
  int best = 0;
  for (int place = 1; place <= 2 * strip->lines; place++) {
    if (line_votes[place] > line_votes[best]) best = place;
  }
  *shift = line_votes[best] ? best - strip->lines : 0;
  return line_votes[best] * each;
}

static bool is_near(int start, const int *starts, int count) {
  for (int other = 0; other < count; other++) {
    if (start - starts[other] < STRIP && starts[other] - start < STRIP) return true;
  }
  return false;
}

/** Return how many strips, over the tiles where most has changed and not on one another; `starts` is in pixels. */
static int busiest(const int *counts, int tiles, int length, int starts[STRIPS]) {
  int found = 0;
  while (found < STRIPS && length >= STRIP) {
    int best = -1, best_start = 0;
    for (int tile = 0; tile < tiles; tile++) {
      const int start = least_of(tile * TILE, length - STRIP);
      if (counts[tile] == 0 || (best >= 0 && counts[tile] <= counts[best]) || is_near(start, starts, found)) continue;
      best = tile;
      best_start = start;
    }
    if (best < 0) break;
    starts[found++] = best_start;
  }
  return found;
}

static int vote(Votes *votes, Vector vector, int lines) {
  for (int place = 0; place < votes->count; place++) {
    if (votes->vectors[place].dx != vector.dx || votes->vectors[place].dy != vector.dy) continue;
    return votes->lines[place] += lines;
  }
  votes->vectors[votes->count] = vector;
  return votes->lines[votes->count++] = lines;
}

static void leave_out_few(Votes *votes) {
  int kept = 0;
  for (int place = 0; place < votes->count; place++) {
    if (votes->lines[place] < MIN_LINES) continue;
    votes->vectors[kept] = votes->vectors[place];
    votes->lines[kept++] = votes->lines[place];
  }
  votes->count = kept;
}

/** Whether a vertical move is beyond doubt: then it is the only vote. */
static bool vote_vertically(const Area *area, const int *in_columns, Votes *votes) {
  int starts[STRIPS];
  const int count = busiest(in_columns, area->columns, area->width, starts);
  for (int place = 0; place < count; place++) {
    const ptrdiff_t first = distance_to(area, starts[place], 0);
    const Strip strip = {
        .before = area->before + first,
        .after = area->after + first,
        .lines = area->height,
        .along = area->pixel_bytes,
        .across = area->line_bytes,
        .pixel_bytes = area->pixel_bytes,
    };
    int shift;
    const int lines = count_shifted(&strip, &shift);
    const int all = vote(votes, (Vector){0, shift}, lines);
    if (all * SURE >= area->height) {
      *votes = (Votes){{{0, shift}}, {all}, 1};
      return true;
    }
    if (lines == 0) break;
  }
  return false;
}

static void vote_horizontally(const Area *area, const int *in_rows, Votes *votes) {
  int starts[STRIPS];
  const int count = busiest(in_rows, area->rows, area->height, starts);
  for (int place = 0; place < count; place++) {
    const ptrdiff_t first = distance_to(area, 0, starts[place]);
    const Strip strip = {
        .before = area->before + first,
        .after = area->after + first,
        .lines = area->width,
        .along = area->line_bytes,
        .across = area->pixel_bytes,
        .pixel_bytes = area->pixel_bytes,
    };
    int shift;
    const int lines = count_shifted(&strip, &shift);
    vote(votes, (Vector){shift, 0}, lines);
    if (lines == 0) break;
  }
}

Votes count_votes(const Area *area) {
  static int in_columns[MAX_COLUMNS], in_rows[MAX_COLUMNS];
  Votes votes = {.count = 0};
  changed_in_lines(area, in_columns, in_rows);
  if (vote_vertically(area, in_columns, &votes)) return votes;
  vote_horizontally(area, in_rows, &votes);
  leave_out_few(&votes);
  return votes;
}
