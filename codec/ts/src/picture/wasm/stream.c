/** Bytes are gathered, so that zstd is called for thousands of them; it compresses straight into the packet. */

#include "stream.h"

#include "memory.h"
#define ZSTD_STATIC_LINKING_ONLY
#include "zstd.h"

static ZSTD_CCtx *context;
static ZSTD_outBuffer packet;
static uint8_t gathered[STREAM_ROOM];
static size_t gathered_bytes, raw_bytes;
static bool failed;

static void set(ZSTD_cParameter parameter, int value) {
  failed = failed || ZSTD_isError(ZSTD_CCtx_setParameter(context, parameter, value));
}

static size_t compress(ZSTD_EndDirective directive) {
  ZSTD_inBuffer input = {gathered, gathered_bytes, 0};
  size_t rest;
  do {
    rest = ZSTD_compressStream2(context, &packet, &input, directive);
    failed = failed || ZSTD_isError(rest) || packet.pos == packet.size;
  } while (!failed && (input.pos < input.size || (directive == ZSTD_e_flush && rest > 0)));
  gathered_bytes = 0;
  return rest;
}

bool stream_create(void) {
  context = ZSTD_createCCtx();
  if (!context) return false;
  failed = false;
  set(ZSTD_c_compressionLevel, LEVEL);
  set(ZSTD_c_windowLog, WINDOW_LOG);
  set(ZSTD_c_enableLongDistanceMatching, 1);
  set(ZSTD_c_ldmMinMatch, LDM_MIN_MATCH);
  set(ZSTD_c_hashLog, PLANES_HASH_LOG);
  uint8_t nothing[64];
  stream_begin(nothing, sizeof nothing);
  compress(ZSTD_e_flush);  // takes all the memory that it will ever need
  const bool there = !failed;
  stream_restart(false);
  return there;
}

void stream_restart(bool has_planes) {
  enum { HASH_LOG_OF_LEVEL = 0 };
  ZSTD_CCtx_reset(context, ZSTD_reset_session_only);
  failed = false;
  set(ZSTD_c_hashLog, has_planes ? PLANES_HASH_LOG : HASH_LOG_OF_LEVEL);
}

size_t stream_bound(size_t bytes) { return ZSTD_compressBound(bytes); }

void stream_begin(uint8_t *to, size_t capacity) {
  packet = (ZSTD_outBuffer){to, capacity, 0};
  gathered_bytes = raw_bytes = 0;
}

uint8_t *stream_next(size_t bytes) {
  if (gathered_bytes + bytes > STREAM_ROOM) compress(ZSTD_e_continue);
  uint8_t *next = gathered + gathered_bytes;
  gathered_bytes += bytes;
  raw_bytes += bytes;
  return next;
}

size_t stream_raw(void) { return raw_bytes; }

size_t stream_flush(void) {
  compress(ZSTD_e_flush);
  return failed ? 0 : packet.pos;
}
