"""Which files belong to one recording, and what a name tells. Pure.

A journal gives its name to the recording; films of it are called the same, a further part ends in `-2`, and a film that
was made of it later has `.h264` before that.
"""

import re
from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from pathlib import PurePath

from codec.recording.endings import CONVERTED, FILM, JOURNAL

_PART = re.compile(r"-(\d{1,4})$")
_TOLD = re.compile(r"(\d{1,20})-(\d{8}T\d{6}Z)(?:-|$)")


def grouped(names: Iterable[str]) -> dict[str, list[str]]:
    """Return the recordings by name, each with its files: the journal, then films in order, converted ones last."""
    files = [name for name in names if PurePath(name).suffix in (JOURNAL, FILM)]
    journals = {PurePath(name).stem for name in files if name.endswith(JOURNAL)}
    films = {PurePath(name).stem for name in files if name.endswith(FILM)}
    found: dict[str, list[str]] = {}
    for name in files:
        found.setdefault(_recording(PurePath(name).stem, journals, films), []).append(name)
    return {
        recording: sorted(members, key=lambda name: _order(recording, name)) for recording, members in found.items()
    }


def is_converted(name: str) -> bool:
    """Whether this film was made of a recording later, so that nobody signed it."""
    return _PART.sub("", PurePath(name).stem).endswith(CONVERTED)


def told_by(recording: str) -> tuple[int, datetime | None]:
    """Return session and beginning as the name tells them; 0 and None where it does not."""
    found = _TOLD.match(recording)
    if found is None:
        return 0, None
    try:
        return int(found[1]), datetime.strptime(found[2], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return int(found[1]), None


def _recording(stem: str, journals: Collection[str], films: Collection[str]) -> str:
    """Return the recording that a file belongs to: the one with a journal, else the first part of the film."""
    whole = _PART.sub("", stem)
    candidates = dict.fromkeys((stem, whole, whole.removesuffix(CONVERTED)))
    with_journal = next((each for each in candidates if each in journals), None)
    if with_journal is not None:
        return with_journal
    return next((each for each in reversed(candidates) if each in films), stem)


def _order(recording: str, name: str) -> tuple[bool, bool, int]:
    part = _PART.search(PurePath(name).stem.removeprefix(recording))
    return not name.endswith(JOURNAL), is_converted(name), int(part[1]) if part else 1
