/** Sixteen bytes at once, in C that every compiler of vectors reads; where the machine has a quicker word, that one. */
#pragma once

#include <string.h>

#ifdef __wasm_simd128__
#include <wasm_simd128.h>
#endif

#include "picture.h"

typedef uint32_t Four __attribute__((vector_size(16)));
typedef uint16_t Eight __attribute__((vector_size(16)));
typedef uint8_t Sixteen __attribute__((vector_size(16)));

/** Read four words from anywhere. */
static inline Four four_at(const void *bytes) {
  Four four;
  memcpy(&four, bytes, sizeof four);
  return four;
}

static inline bool is_any(Four bits) {
#ifdef __wasm_simd128__
  return wasm_v128_any_true((v128_t)bits);
#else
  return (bits[0] | bits[1] | bits[2] | bits[3]) != 0;
#endif
}

/** Return a bit for each byte, the lowest for the first: its highest one. */
static inline unsigned highest_bits(Sixteen bytes) {
#ifdef __wasm_simd128__
  return wasm_i8x16_bitmask((v128_t)bytes);
#else
  unsigned bits = 0;
  for (int place = 0; place < 16; place++) bits |= (unsigned)(bytes[place] >> 7) << place;
  return bits;
#endif
}

/** Return a bit for each of four words, the lowest for the first: its highest one. */
static inline unsigned highest_of_words(Four words) {
#ifdef __wasm_simd128__
  return wasm_i32x4_bitmask((v128_t)words);
#else
  return words[0] >> 31 | words[1] >> 31 << 1 | words[2] >> 31 << 2 | words[3] >> 31 << 3;
#endif
}

/** Read a pixel as a word. */
static inline Word pixel_at(const uint8_t *pixel, PixelBytes pixel_bytes) {
  if (pixel_bytes == LUMA_BYTES) return (Word)*pixel << 8;
  if (pixel_bytes == CHROMA_BYTES) return (Word)pixel[0] | (Word)pixel[1] << 8;
  Word word;
  memcpy(&word, pixel, sizeof word);
  return word & COLOURS;
}

static inline Four differences_at(const uint8_t *line, const uint8_t *other, int at) {
  return four_at(line + at) ^ four_at(other + at);
}

/** Return the bits in which sixteen pixels differ from sixteen others, those without a meaning too. */
static inline Four differences_of_line(const uint8_t *line, const uint8_t *other, PixelBytes pixel_bytes) {
  Four differences = differences_at(line, other, 0);
  if (pixel_bytes >= CHROMA_BYTES) differences |= differences_at(line, other, 16);
  if (pixel_bytes >= COLOUR_BYTES) differences |= differences_at(line, other, 32) | differences_at(line, other, 48);
  return differences;
}

/** Copy sixteen pixels: a copy of a size that compilers know takes no call. */
static inline void copy_line(uint8_t *to, const uint8_t *from, PixelBytes pixel_bytes) {
  memcpy(to, from, 16);
  if (pixel_bytes >= CHROMA_BYTES) memcpy(to + 16, from + 16, 16);
  if (pixel_bytes >= COLOUR_BYTES) memcpy(to + 32, from + 32, 32);
}

/** Leave out of differences what has no meaning. */
static inline Four that_matter(Four differences, PixelBytes pixel_bytes) {
  return pixel_bytes == COLOUR_BYTES ? differences & COLOURS : differences;
}

/** Whether sixteen pixels are as sixteen others. */
static inline bool is_same_line(const uint8_t *line, const uint8_t *other, PixelBytes pixel_bytes) {
  return !is_any(that_matter(differences_of_line(line, other, pixel_bytes), pixel_bytes));
}
