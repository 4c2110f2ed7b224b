"""A file in memory that remembers every write, so that a test can ask what was there at any instant."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from codec.recording.sink import Patch, RecordingStoppedError


@dataclass
class MemoryFile:
    """A sink. `writes` are all writes in order: where, and what. `open_session` is how many bytes it takes."""

    open_session: int = 1 << 62
    content: bytearray = field(default_factory=bytearray)
    writes: list[tuple[int, bytes]] = field(default_factory=list)
    commits: list[int] = field(default_factory=list)
    """How many writes there were at each commit."""
    log: list[tuple["MemoryFile", int, bytes]] = field(default_factory=list)
    """The same writes; files that share it show in which order they were written."""

    def append(self, data: bytes) -> None:
        fits = data[: max(self.open_session - len(self.content), 0)]
        self._write(len(self.content), fits)
        if len(fits) < len(data):
            raise RecordingStoppedError("no space is left")

    def commit(self, patches: Sequence[Patch]) -> None:
        for place, data in patches:
            assert place + len(data) <= len(self.content), "a patch never makes a file longer"
            assert len(data) != 4 or place % 4 == 0, "a number that changes is never half written"
            self._write(place, data)
        self.commits.append(len(self.writes))

    def _write(self, place: int, data: bytes) -> None:
        self.writes.append((place, data))
        self.log.append((self, place, data))
        self.content[place : place + len(data)] = data

    def instants(self, torn: int = 0) -> Iterator[tuple[int, bytes]]:
        """Yield the file after each write, and how many those were; with `torn`, appends also cut in so many places."""
        content = bytearray()
        for number, (place, data) in enumerate(self.writes):
            if place == len(content):
                for cut in range(1, min(torn, len(data) - 1) + 1):
                    yield number, bytes(content + data[: cut * len(data) // (torn + 1)])
            content[place : place + len(data)] = data
            yield number + 1, bytes(content)
