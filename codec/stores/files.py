"""What places with files have in common: a file arrives under another name, is read back, and then gets its own."""

import hashlib
import io
import secrets
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Protocol

from codec.stores.base import Progress, StoreError
from codec.stores.names import PART, stored_name
from codec.stores.source import digest_of, opened

Take = Callable[[bytes], None]


class Files(Protocol):
    """One folder at a place. Names are stored names. Every method but `close` raises StoreError.

    `grain`: writes within so many bytes may arrive in any order; what is before them is certain.
    """

    grain: int

    async def size(self, name: str) -> int | None:
        """Return a file's size, None if there is none."""

    async def write(self, name: str, source: BinaryIO, begin: int, progress: Progress) -> None:
        """Write from the source's place on to its end into the file from `begin` on, which makes it if need be."""

    async def read(self, name: str, take: Take) -> None:
        """Hand over the whole file, piece by piece."""

    async def rename(self, old: str, new: str) -> None:
        """Give a file another name."""

    async def remove(self, name: str) -> None:
        """Take a file away; nothing happens when there is none."""

    async def close(self) -> None:
        """Let go of the place."""


class FileStore:
    """A Store over `Files`. What arrived is read back whole, and its SHA-256 compared, before it gets its name."""

    def __init__(self, files: Files, shown: str) -> None:
        """`shown` is the place for people."""
        self._files = files
        self._shown = shown

    async def confirmed(self, name: str) -> int:
        """See Store."""
        stored = stored_name(name)
        whole = await self._files.size(stored)
        return self._certain(await self._files.size(stored + PART)) if whole is None else whole

    async def send(self, source: Path, name: str, progress: Progress) -> None:
        """See Store."""
        stored = stored_name(name)
        with opened(source) as file:
            size = file.seek(0, io.SEEK_END)
            if not await self._is_there(file, stored, size):
                await self._bring(file, stored, size, progress)
        progress(size)

    async def delete(self, name: str) -> None:
        """See Store."""
        stored = stored_name(name)
        await self._files.remove(stored + PART)
        await self._files.remove(stored)

    async def test(self) -> None:
        """See Store. The file also changes its name, as recordings do."""
        name = f"deskside-test-{secrets.token_hex(8)}.txt"
        text = f"Deskside tests whether recordings can go here. {secrets.token_hex(16)}\n".encode()
        try:
            await self._files.write(name + PART, io.BytesIO(text), 0, lambda _: None)
            if await self._digest(name + PART) != hashlib.sha256(text).digest():
                raise StoreError(
                    f"{self._shown}: the file read back differs from what was written. Ask who runs it.", retry=False
                )
            await self._files.rename(name + PART, name)
            await self._files.remove(name)
        except StoreError:
            with suppress(StoreError):
                await self.delete(name)
            raise

    async def close(self) -> None:
        """See Store."""
        await self._files.close()

    async def _is_there(self, file: BinaryIO, stored: str, size: int) -> bool:
        there = await self._files.size(stored)
        if there is None:
            return False
        if there == size and await self._digest(stored) == await digest_of(file):
            return True
        raise StoreError(
            f"{self._shown} already has another file named {stored}, which is not overwritten. Move or rename it "
            "there.",
            retry=False,
        )

    async def _bring(self, file: BinaryIO, stored: str, size: int, progress: Progress) -> None:
        part = stored + PART
        begin = self._certain(await self._files.size(part))
        if begin > size:
            await self._files.remove(part)
            begin = 0
        if begin < size or size == 0:
            progress(begin)
            file.seek(begin)
            await self._files.write(part, file, begin, progress)
        if await self._files.size(part) != size or await self._digest(part) != await digest_of(file):
            await self._files.remove(part)
            raise StoreError(
                f"{self._shown}: the recording arrived damaged. It is sent again from the beginning.", retry=True
            )
        await self._files.rename(part, stored)

    async def _digest(self, name: str) -> bytes:
        digest = hashlib.sha256()
        await self._files.read(name, digest.update)
        return digest.digest()

    def _certain(self, size: int | None) -> int:
        grain = self._files.grain
        return 0 if not size else size if grain == 1 else (size - 1) // grain * grain
