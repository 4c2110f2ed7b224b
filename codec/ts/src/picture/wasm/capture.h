/** Planes as a browser captures them (4:2:0), beside those it captured before. */
#pragma once

#include "reference.h"

/** Take what captures of this size need; `half` is how chroma is cut into tiles. Returns whether there was enough memory. */
bool capture_create(const Grid *grid, const Grid *half);

/**
 * Where the next capture is written: luma, its lines `grid->stride` bytes apart, then chroma. That is Cb and after it Cr,
 * lines `half->stride` bytes apart, or, interleaved, both, lines twice as far apart.
 */
uint8_t *capture_next(void);

/** Where chroma begins in a capture, and how many bytes Cb takes. */
size_t capture_chroma(void);
size_t capture_chroma_bytes(void);

/**
 * Bring the words of both pictures up to the capture that was written, and mark the tiles that are not as in the capture
 * before. Returns false where there is none to compare with: then all words are new, and nothing is marked.
 */
bool capture_take(bool is_interleaved, Reference *luma, uint8_t *luma_changed, Reference *chroma, uint8_t *chroma_changed);

/** The next capture is compared with none. */
void capture_forget(void);
