/** Four pixels at once, in C that every compiler of vectors reads; where the machine has a quicker word, that one. */
#pragma once

#include <string.h>

#ifdef __wasm_simd128__
#include <wasm_simd128.h>
#endif

#include "picture.h"

typedef uint32_t Four __attribute__((vector_size(16)));

/** Read four pixels from anywhere. */
static inline Four four_at(const Word *pixels) {
  Four four;
  memcpy(&four, pixels, sizeof four);
  return four;
}

static inline bool is_any(Four bits) {
#ifdef __wasm_simd128__
  return wasm_v128_any_true((v128_t)bits);
#else
  return (bits[0] | bits[1] | bits[2] | bits[3]) != 0;
#endif
}

/** Return the bits in which sixteen pixels differ from sixteen others. */
static inline Four differences_of_line(const Word *line, const Word *other) {
  return (four_at(line) ^ four_at(other)) | (four_at(line + 4) ^ four_at(other + 4)) |
         (four_at(line + 8) ^ four_at(other + 8)) | (four_at(line + 12) ^ four_at(other + 12));
}

/** Whether two pixels differ in colour. */
static inline bool differ(Word pixel, Word other) { return ((pixel ^ other) & COLOURS) != 0; }

/** Whether sixteen pixels have the colours of sixteen others. */
static inline bool is_same_line(const Word *line, const Word *other) {
  return !is_any(differences_of_line(line, other) & COLOURS);
}
