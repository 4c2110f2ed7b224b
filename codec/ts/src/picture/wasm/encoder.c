/** A screen into bytes: the exact half of codec/picture/encoder.py, for a page. One instance encodes one display. */

#include <string.h>

#include "memory.h"
#include "reference.h"
#include "stream.h"
#include "tiles.h"

#ifdef __wasm__
#define EXPORT(name) __attribute__((export_name(#name))) name
#else
#define EXPORT(name) __attribute__((visibility("default"))) name
#endif

enum { NOTHING_CHANGED = 0, TOO_LARGE = -1, MOST_TILE_BYTES = 1 + PLANES * PIXELS };

static Grid grid;
static uint8_t *changed, *kinds, *differences, *packet;
static size_t packet_bytes, before_picture;
static bool is_key, was_rgb;

static size_t bitmap_bytes(void) { return ((size_t)tiles_in(&grid) + 7) / 8; }

static bool take_memory(void) {
  const size_t tiles = (size_t)tiles_in(&grid);
  const size_t most = 1 + MAX_MOVES * MOVE_BYTES + bitmap_bytes() + tiles * MOST_TILE_BYTES;
  packet_bytes = HEAD_BYTES + stream_bound(most) + STREAM_ROOM;
  changed = memory_take(tiles);
  kinds = memory_take(tiles);
  differences = memory_take(tiles * PLANES * PIXELS);
  packet = memory_take(packet_bytes);
  return changed && kinds && differences && packet && reference_create(&grid);
}

/** Take the memory for the stream, once. Returns whether there was enough. */
int EXPORT(encoder_create)(void) {
  const bool is_created = stream_create();
  before_picture = memory_mark();
  return is_created;
}

/** Begin with pictures of another size. Returns whether it is possible and there was enough memory. */
int EXPORT(encoder_resize)(int width, int height) {
  if (width < 1 || height < 1 || width > MAX_SIDE || height > MAX_SIDE || width * height > MAX_PIXELS) return false;
  const int columns = (width + TILE - 1) / TILE, rows = (height + TILE - 1) / TILE;
  grid = (Grid){width, height, columns, rows, columns * TILE};
  memory_release(before_picture);
  is_key = true;
  return take_memory();
}

/** Where the next picture is written: `width` pixels of each line, lines `encoder_stride` pixels apart. */
Word *EXPORT(encoder_frame)(void) { return reference_now(); }
int EXPORT(encoder_stride)(void) { return grid.stride; }
const uint8_t *EXPORT(encoder_packet)(void) { return packet; }

/** Make the next packet a key: it needs nothing that came before. */
void EXPORT(encoder_refresh)(void) { is_key = true; }

static uint8_t *put_u16(uint8_t *to, int value) {
  to[0] = (uint8_t)value;
  to[1] = (uint8_t)((unsigned)value >> 8);
  return to + 2;
}

static void put_head(int version, size_t raw) {
  packet[0] = (uint8_t)version;
  packet[1] = is_key ? KEY : 0;
  uint8_t *to = put_u16(put_u16(packet + 2, grid.width), grid.height);
  put_u16(put_u16(to, (int)(raw & 0xFFFF)), (int)(raw >> 16));
}

static void write_moves(const Move *moves, int count) {
  *stream_next(1) = (uint8_t)count;
  for (const Move *move = moves; move < moves + count; move++) {
    uint8_t *to = stream_next(MOVE_BYTES);
    to = put_u16(put_u16(put_u16(put_u16(to, move->x), move->y), move->width), move->height);
    *put_u16(put_u16(to, move->dx), move->dy) = move->restores;
  }
}

static void write_marks(void) {
  for (int tile = 0; tile < tiles_in(&grid); tile += 8) {
    unsigned marks = 0;
    for (int bit = 0; bit < 8 && tile + bit < tiles_in(&grid); bit++) marks |= (unsigned)changed[tile + bit] << bit;
    *stream_next(1) = (uint8_t)marks;
  }
}

static int count_changed(void) {
  int count = 0;
  for (int tile = 0; tile < tiles_in(&grid); tile++) count += changed[tile];
  return count;
}

static int write_packet(const Move *moves, int count, int version, bool is_rgb) {
  Update update = {&grid, reference_now(), reference_shown(), is_rgb, kinds};
  // Of very many tiles nearly all of each changes: then it is not looked for what is left of them.
  const bool is_known = !is_key && count_changed() * MANY <= tiles_in(&grid);
  choose_kinds(&update, changed, is_known, version);
  stream_begin(packet + HEAD_BYTES, packet_bytes - HEAD_BYTES);
  write_moves(moves, count);
  write_marks();
  write_tiles(&update, differences);
  const size_t compressed = stream_flush();
  put_head(version, stream_raw());
  reference_keep(changed);
  is_key = compressed == 0;
  return compressed ? (int)(HEAD_BYTES + compressed) : TOO_LARGE;
}

/**
 * Write the packet that turns the last picture into the one in the frame; return its length, NOTHING_CHANGED or, where
 * it did not fit, TOO_LARGE. `is_rgb`: R is in the lowest byte of a pixel.
 */
int EXPORT(encoder_encode)(int version, int is_rgb) {
  Move moves[MAX_MOVES];
  is_key = is_key || was_rgb != !!is_rgb;
  was_rgb = is_rgb;
  if (is_key) {
    reference_forget();
    stream_restart();
  }
  const int count = reference_see(changed);
  if (!is_key && count == 0) return NOTHING_CHANGED;
  const int moved = is_key ? 0 : reference_move(changed, moves);
  return write_packet(moves, moved, version, is_rgb);
}
