"""What a recording says of itself, read in milliseconds: its beginning and its end, not what lies between."""

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from codec.errors import DesksideError
from codec.recording.avi_reader import read_avi, read_stream
from codec.recording.endings import JOURNAL
from codec.recording.journal import MICROSECONDS, Glance, glance
from console.library.file_names import is_converted, told_by
from console.library.messages import KeptFile, KeptState
from console.recording.files import opened

STILL_WRITTEN_SECONDS = 5.0
"""A recording that runs is written to at least once a second, on any disk that keeps up."""
_KINDS = {b"RASC": "rasc", b"H264": "h264", b"FMP4": "mpeg4", b"MJPG": "mjpeg", b"ZMBV": "zmbv"}


@dataclass(frozen=True)
class Facts:
    """What is known of a recording without playing it."""

    state: KeptState
    files: tuple[KeptFile, ...]
    session: int
    technician: str
    customer: str
    at: datetime | None
    seconds: float | None


def read_facts(folder: Path, recording: str, names: list[str], now: float) -> Facts:
    """Return what the files of a recording say; one that cannot be read says so. `now` in seconds since 1970."""
    files = tuple(KeptFile(name, _kind(folder / name), _size(folder / name), is_converted(name)) for name in names)
    session, at = told_by(recording)
    journal = next((each.name for each in files if each.name.endswith(JOURNAL)), None)
    try:
        if journal is None:
            seconds, whole = _film(folder / names[0])
            state = KeptState.WHOLE if whole else KeptState.INTERRUPTED
            return Facts(state, files, session, "", "", at, seconds)
        with opened(folder / journal) as content:
            told = glance(content)
    except DesksideError:
        return Facts(KeptState.UNREADABLE, files, session, "", "", at, None)
    state = state_of(told, now - _modified(folder / journal))
    if told.began is None:
        return Facts(state, files, session, "", "", at, told.duration / MICROSECONDS)
    began = told.began
    at = datetime.fromtimestamp(began.at / 1000, UTC)
    return Facts(state, files, began.session, began.technician, began.customer, at, told.duration / MICROSECONDS)


def state_of(told: Glance, age: float) -> KeptState:
    """Return how far a journal came that was written to `age` seconds ago."""
    if told.ended:
        return KeptState.WHOLE
    return KeptState.RUNNING if age < STILL_WRITTEN_SECONDS else KeptState.INTERRUPTED


def _film(path: Path) -> tuple[float, bool]:
    """Return the seconds of a film, and whether it is whole."""
    with opened(path) as content:
        avi = read_avi(content)
    return avi.slots / avi.stream.rate, avi.is_whole


def _kind(path: Path) -> str:
    if path.suffix == JOURNAL:
        return "dsr"
    try:
        with opened(path) as content:
            return _KINDS.get(read_stream(content).fourcc, "")
    except DesksideError:
        return ""


def _size(path: Path) -> int:
    try:
        return os.stat(path).st_size
    except OSError:
        return 0


def _modified(path: Path) -> float:
    try:
        return os.stat(path).st_mtime
    except OSError:
        return 0.0
