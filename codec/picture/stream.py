"""The one zstd stream that a viewer reads, flushed at each packet."""

from collections.abc import Sequence

import zstandard

from codec.picture.median import Buffer
from codec.picture.packet import WINDOW_LOG

LEVEL, LDM_MIN_MATCH = 1, 32
"""Of zstd. Level 1 alone forgets soon where it has seen something: a page flipped back would cost as much as the first
time. So long matches are looked for as well."""
PLANES_HASH_LOG = 17
"""Planes have many more short lines that zstd must remember than level 1 has room for (13): with so much, a page that
was scrolled took a tenth less, and a fifth more of zstd's time."""


class PictureStream:
    """Compresses one packet after the other. Memory: zstd's window and its tables."""

    def __init__(self, hash_log: int | None = None) -> None:
        """`hash_log` is zstd's, where it is not the level's."""
        more = {} if hash_log is None else {"hash_log": hash_log}
        parameters = zstandard.ZstdCompressionParameters.from_level(
            LEVEL, window_log=WINDOW_LOG, enable_ldm=True, ldm_min_match=LDM_MIN_MATCH, **more
        )
        self._compressor = zstandard.ZstdCompressor(compression_params=parameters)
        self.restart()

    def restart(self) -> None:
        """Begin another stream, in the memory that there was."""
        self._stream = self._compressor.compressobj()

    def write(self, parts: Sequence[Buffer]) -> bytes:
        """Return what the next packet has of the stream."""
        compressed = b"".join(map(self._stream.compress, parts))
        return compressed + self._stream.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)
