"""A recording into a film of another format: the journal holds all that every film needs; an AVI is decoded again."""

from collections.abc import Callable
from typing import BinaryIO

import av
import numpy as np

from codec.errors import DesksideError
from codec.recording.film import Film
from codec.recording.journal import MICROSECONDS, Journal, Speaker
from codec.wire.messages import BadMessageError, UnknownMessageError, unpack

Progress = Callable[[float], None]
"""Is told how much is done, from 0 to 1."""


class CannotConvertError(DesksideError):
    """The recording holds nothing that can be shown."""


def convert_journal(journal: Journal, film: Film, progress: Progress) -> None:
    """Show everything that a journal holds. Raises CannotConvertError, and what `film` raises."""
    duration = journal.duration
    told = 0.0
    for record in journal.records():
        if record.source == Speaker.RECORDER:
            continue
        try:
            film.take(record.time, unpack(record.data))
        except (BadMessageError, UnknownMessageError):
            continue  # a newer program's message, or one that was damaged before it was recorded
        if record.time - told > duration / 200:
            told = record.time
            progress(told / duration)
    film.close(duration)
    if not film.parts:
        raise CannotConvertError("This recording has no images. Its chat and events are in the journal.")
    progress(1.0)


def convert_film(file: BinaryIO, film: Film, progress: Progress) -> None:
    """Show the pictures of an AVI, or of whatever FFmpeg reads. Raises CannotConvertError, and what `film` raises."""
    time = 0
    try:
        with av.open(file, "r") as container:
            stream = container.streams.video[0]
            duration = float((stream.duration or 0) * (stream.time_base or 0)) or 1.0
            for frame in container.decode(stream):
                time = int((frame.time or 0.0) * MICROSECONDS + 0.5)
                film.show(time, _picture(frame))
                progress(min(time / MICROSECONDS / duration, 1.0))
            film.close(max(time, int(duration * MICROSECONDS) - 1))
    except (av.FFmpegError, IndexError) as error:
        raise CannotConvertError(f"This file cannot be decoded any further: {error}") from None
    progress(1.0)


def _picture(frame: av.VideoFrame) -> "np.ndarray[tuple[int, ...], np.dtype[np.uint8]]":
    return np.asarray(frame.to_ndarray(format="bgra"), np.uint8)
