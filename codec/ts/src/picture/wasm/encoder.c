/**
 * A screen into bytes, for a page: the exact half of codec/picture/encoder.py, and codec/picture/plane_encoder.py. One
 * instance encodes one display.
 */

#include <string.h>

#include "interleave.h"
#include "memory.h"
#include "reference.h"
#include "stream.h"
#include "tiles.h"

#ifdef __wasm__
#define EXPORT(name) __attribute__((export_name(#name))) name
#else
#define EXPORT(name) __attribute__((visibility("default"))) name
#endif

enum { NOTHING_CHANGED = 0, TOO_LARGE = -1, MOST_LAYERS = 2 };

/** A picture that a packet describes: its one of colours, or luma, or chroma. */
typedef struct {
  Reference reference;
  PixelForm form;
  uint8_t *changed;
  Move moves[MAX_MOVES];
  int move_count;
} Layer;

static Grid grid, half;
static Layer layers[MOST_LAYERS];
static int layer_count;
static uint8_t *kinds, *differences, *packet;
static size_t packet_bytes, before_picture;
static int matrix_and_range;
static bool is_key, is_owed;

static size_t bitmap_bytes(const Grid *of) { return ((size_t)tiles_in(of) + 7) / 8; }

static Grid grid_of(int width, int height, PixelBytes pixel_bytes) {
  const int columns = (width + TILE - 1) / TILE, rows = (height + TILE - 1) / TILE;
  return (Grid){width, height, columns, rows, columns * TILE, pixel_bytes};
}

static bool create_layer(PixelForm form, const Grid *of, size_t behind) {
  Layer *layer = &layers[layer_count++];
  layer->form = form;
  layer->changed = memory_take((size_t)tiles_in(of));
  return layer->changed && reference_create(&layer->reference, of, behind);
}

/** Return how many bytes a layer's tiles, marks and moves take at most. */
static size_t most_bytes(PixelForm form, const Grid *of) {
  const size_t tile = 1 + (size_t)bytes_of(form) * PIXELS;
  return 1 + MAX_MOVES * MOVE_BYTES + bitmap_bytes(of) + (size_t)tiles_in(of) * tile;
}

static size_t difference_bytes(PixelForm form, const Grid *of) {
  return (size_t)tiles_in(of) * (size_t)bytes_of(form) * PIXELS;
}

static bool take_memory(size_t most, size_t most_differences) {
  packet_bytes = HEAD_BYTES + PLANES_HEAD_BYTES + stream_bound(most) + STREAM_ROOM;
  kinds = memory_take((size_t)tiles_in(&grid));
  differences = memory_take(most_differences);
  packet = memory_take(packet_bytes);
  return kinds && differences && packet && reference_create_work(&grid);
}

static bool begin_size(int width, int height, PixelBytes pixel_bytes) {
  if (width < 1 || height < 1 || width > MAX_SIDE || height > MAX_SIDE || width * height > MAX_PIXELS) return false;
  grid = grid_of(width, height, pixel_bytes);
  memory_release(before_picture);
  layer_count = 0;
  is_key = true;
  return true;
}

/** Take the memory for the stream, once. Returns whether there was enough. */
int EXPORT(encoder_create)(void) {
  const bool is_created = stream_create();
  before_picture = memory_mark();
  return is_created;
}

/** Begin with pictures of colours of another size. Returns whether it is possible and there was enough memory. */
int EXPORT(encoder_resize)(int width, int height) {
  return begin_size(width, height, COLOUR_BYTES) &&
         take_memory(most_bytes(BGR, &grid), difference_bytes(BGR, &grid)) && create_layer(BGR, &grid, 0);
}

/** Begin with planes of another size, in place of colours. Returns the same. */
int EXPORT(encoder_resize_planes)(int width, int height) {
  if (!begin_size(width, height, LUMA_BYTES)) return false;
  half = grid_of((width + 1) / 2, (height + 1) / 2, CHROMA_BYTES);
  const size_t most = most_bytes(LUMA, &grid) + most_bytes(CHROMA, &half);
  const size_t one = difference_bytes(LUMA, &grid), other = difference_bytes(CHROMA, &half);
  return take_memory(most, one > other ? one : other) && create_layer(LUMA, &grid, picture_bytes(&half)) &&
         create_layer(CHROMA, &half, 0);
}

/** Where the next picture is written: `width` pixels of each line, lines `encoder_stride` pixels apart. */
uint8_t *EXPORT(encoder_frame)(void) { return layers[0].reference.now; }
int EXPORT(encoder_stride)(void) { return grid.stride; }
const uint8_t *EXPORT(encoder_packet)(void) { return packet; }

/**
 * Where the next planes are written: luma as a picture, and so many bytes after its first one chroma. That is Cb and,
 * `encoder_chroma_bytes` later, Cr, lines `encoder_chroma_stride` bytes apart, or, interleaved, both, lines twice as far
 * apart.
 */
int EXPORT(encoder_chroma)(void) { return (int)picture_bytes(&grid); }
int EXPORT(encoder_chroma_bytes)(void) { return (int)picture_bytes(&half) / 2; }
int EXPORT(encoder_chroma_stride)(void) { return half.stride; }

/** Make the next packet a key: it needs nothing that came before. */
void EXPORT(encoder_refresh)(void) { is_key = true; }

/** Write the next packet of planes although nothing may have changed: it shows them where a film covers them. */
void EXPORT(encoder_owe)(void) { is_owed = true; }

static uint8_t *put_u16(uint8_t *to, int value) {
  to[0] = (uint8_t)value;
  to[1] = (uint8_t)((unsigned)value >> 8);
  return to + 2;
}

static size_t head_bytes(void) { return layer_count == 1 ? HEAD_BYTES : HEAD_BYTES + PLANES_HEAD_BYTES; }

static void put_head(int version, size_t raw) {
  packet[0] = (uint8_t)version;
  packet[1] = is_key ? KEY : 0;
  uint8_t *to = put_u16(put_u16(packet + 2, grid.width), grid.height);
  to = put_u16(put_u16(to, (int)(raw & 0xFFFF)), (int)(raw >> 16));
  if (layer_count > 1) put_u16(to, matrix_and_range);
}

static void write_moves(const Move *moves, int count) {
  *stream_next(1) = (uint8_t)count;
  for (const Move *move = moves; move < moves + count; move++) {
    uint8_t *to = stream_next(MOVE_BYTES);
    to = put_u16(put_u16(put_u16(put_u16(to, move->x), move->y), move->width), move->height);
    *put_u16(put_u16(to, move->dx), move->dy) = move->restores;
  }
}

static void write_marks(const uint8_t *changed, int tiles) {
  for (int tile = 0; tile < tiles; tile += 8) {
    unsigned marks = 0;
    for (int bit = 0; bit < 8 && tile + bit < tiles; bit++) marks |= (unsigned)changed[tile + bit] << bit;
    *stream_next(1) = (uint8_t)marks;
  }
}

static int count_changed(const Layer *layer) {
  int count = 0;
  for (int tile = 0; tile < tiles_in(&layer->reference.grid); tile++) count += layer->changed[tile];
  return count;
}

/** Carry out what only moved: chroma by half of what luma moved, where that is whole. */
static void move_layers(void) {
  Layer *first = &layers[0], *chroma = &layers[1];
  first->move_count = chroma->move_count = 0;
  if (is_key) return;
  first->move_count = reference_move(&first->reference, first->changed, first->moves);
  if (layer_count == 1) return;
  Vector halves[MAX_MOVES];
  int count = 0;
  for (const Move *move = first->moves; move < first->moves + first->move_count; move++) {
    if (move->dx % 2 == 0 && move->dy % 2 == 0) halves[count++] = (Vector){move->dx / 2, move->dy / 2};
  }
  chroma->move_count = reference_move_by(&chroma->reference, halves, count, chroma->changed, chroma->moves);
}

static void write_layer(Layer *layer, int version) {
  Reference *reference = &layer->reference;
  Update update = {&reference->grid, reference->now, reference->shown, layer->form, kinds};
  // Of very many tiles nearly all of each changes: then it is not looked for what is left of them.
  const bool is_known = !is_key && count_changed(layer) * MANY <= tiles_in(&reference->grid);
  choose_kinds(&update, layer->changed, is_known, version);
  write_moves(layer->moves, layer->move_count);
  write_marks(layer->changed, tiles_in(&reference->grid));
  write_tiles(&update, differences);
  reference_keep(reference, layer->changed);
}

static int write_packet(int version) {
  move_layers();
  stream_begin(packet + head_bytes(), packet_bytes - head_bytes());
  for (int layer = 0; layer < layer_count; layer++) write_layer(layers + layer, version);
  const size_t compressed = stream_flush();
  put_head(version, stream_raw());
  is_key = compressed == 0;
  return compressed ? (int)(head_bytes() + compressed) : TOO_LARGE;
}

static void forget_if_key(void) {
  if (!is_key) return;
  for (int layer = 0; layer < layer_count; layer++) reference_forget(&layers[layer].reference);
  stream_restart(layer_count > 1);
}

/**
 * Write the packet that turns the last picture into the one in the frame; return its length, NOTHING_CHANGED or, where
 * it did not fit, TOO_LARGE. `is_rgb`: R is in the lowest byte of a pixel.
 */
int EXPORT(encoder_encode)(int version, int is_rgb) {
  Layer *layer = &layers[0];
  is_key = is_key || (layer->form == RGB) != !!is_rgb;
  layer->form = is_rgb ? RGB : BGR;
  forget_if_key();
  const int count = reference_see(&layer->reference, layer->changed);
  return is_key || count > 0 ? write_packet(version) : NOTHING_CHANGED;
}

static void take_chroma(const uint8_t *captured, bool is_interleaved) {
  uint8_t *both = layers[1].reference.now;
  const size_t bytes = picture_bytes(&half);
  if (is_interleaved) memcpy(both, captured, bytes);
  else interleave(captured, captured + bytes / 2, both, bytes / 2);
}

/**
 * The same of the planes that were written. Where Cb and Cr are interleaved it is told. Outside of the bands, each as high
 * as two tiles of luma, everything stays as in the last packet, and is zero in a key.
 */
int EXPORT(encoder_encode_planes)(int matrix, int is_full_range, int is_interleaved, int first_band, int end_band) {
  const int colors = matrix | !!is_full_range << 8;
  is_key = is_key || colors != matrix_and_range;
  matrix_and_range = colors;
  forget_if_key();
  Layer *luma = &layers[0], *chroma = &layers[1];
  take_chroma(luma->reference.now + picture_bytes(&grid), is_interleaved);
  reference_stay(&luma->reference, 2 * first_band, 2 * end_band);
  reference_stay(&chroma->reference, first_band, end_band);
  const int count = reference_see(&luma->reference, luma->changed) + reference_see(&chroma->reference, chroma->changed);
  if (!is_key && !is_owed && count == 0) return NOTHING_CHANGED;
  is_owed = false;
  return write_packet(PLANES_VERSION);
}
