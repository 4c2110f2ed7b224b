"""The recording's file on this computer, read off the event loop, piece by piece."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from codec.stores.base import StoreError

CHUNK = 256 << 10
"""So much is handed on at a time. Stopping an upload waits for no more than that."""


@contextmanager
def opened(source: Path) -> Iterator[BinaryIO]:
    """Lend the file. Raises StoreError when it cannot be read, also while it is."""
    try:
        with source.open("rb") as file:
            yield file
    except FileNotFoundError:
        raise StoreError(f"{source} is no longer there.", retry=False) from None


async def pieces(file: BinaryIO) -> AsyncIterator[bytes]:
    """Yield what follows in a file."""
    while data := await asyncio.to_thread(file.read, CHUNK):
        yield data


async def digest_of(file: BinaryIO) -> bytes:
    """Return the SHA-256 of the whole file."""
    file.seek(0)
    digest = hashlib.sha256()
    async for data in pieces(file):
        await asyncio.to_thread(digest.update, data)
    return digest.digest()


async def piece_digest(file: BinaryIO, begin: int, end: int) -> bytes:
    """Return the SHA-256 of a piece of the file."""

    def work() -> bytes:
        digest, at = hashlib.sha256(), begin
        file.seek(begin)
        while at < end and (data := file.read(min(CHUNK, end - at))):
            digest.update(data)
            at += len(data)
        return digest.digest()

    return await asyncio.to_thread(work)
