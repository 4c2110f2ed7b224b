/** Sixteen bytes of each plane at once. */

#include "interleave.h"

#include "vectors.h"

void interleave(const uint8_t *first, const uint8_t *second, uint8_t *both, size_t bytes) {
  for (size_t at = 0; at < bytes; at += sizeof(Sixteen)) {
    const Sixteen one = (Sixteen)four_at(first + at), other = (Sixteen)four_at(second + at);
    const Sixteen pairs[2] = {
        __builtin_shufflevector(one, other, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23),
        __builtin_shufflevector(one, other, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31),
    };
    memcpy(both + 2 * at, pairs, sizeof pairs);
  }
}
