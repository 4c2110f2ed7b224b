"""Pictures with times into AVI files.

Of the pictures that fall into one slot the last is shown. A picture that fits into the file's first one is shown in its
own size at the upper left, the rest black; one that does not, because another monitor is watched now, begins another
file: scaling would spoil every pixel. Files of one recording are its parts, counted from 1; each begins with its first
picture.
"""

import logging
from collections.abc import Callable

import numpy as np

from codec.picture.diff import Flags, Frame
from codec.recording.avi import AviFullError, AviWriter, Limits
from codec.recording.formats import KEY_PICTURES, Format, Packet, PictureFormat
from codec.recording.journal import MICROSECONDS
from codec.recording.playback import PARTING, Playback, Seen, darkens
from codec.recording.pointer import Pointer
from codec.recording.sink import Sink
from codec.wire.messages import Message

_log = logging.getLogger(__name__)
RATE = 50
"""Slots a second: times are right to 20 ms."""
_NOTHING: Flags = np.zeros((0, 0), np.bool_)
LATE_SLOTS = 2
"""So many slots a picture may be shown late; not to repeat each saves a third of all encoding."""
POINTER_SLOTS = 2
"""So many slots a pointer that moves over a still picture waits for the next change, in formats that are not exact."""
LEAST_A_SECOND = 4
"""So many pictures a second are shown even while the film is behind, fewer where that does not help."""
CATCHES_UP = 0.5
"""The next picture is this share of the seconds later that the film is behind: one that takes 10 s is no reason to end
a recording."""
MOST_FAILED = 10
"""So many pictures in a row may fail, each with an encoder begun again, before the film gives up."""


class Film:
    """Records what is to be seen. Times are microseconds since the recording began and never go back."""

    def __init__(
        self, made: Format, part: Callable[[int], Sink], rate: int = RATE, limits: Limits | None = None
    ) -> None:
        """`part` opens the file of each part."""
        self._format = made
        self._part = part
        self._rate = rate
        self._limits = limits
        self._playback = Playback()
        self._writer: AviWriter | None = None
        self._pictures: PictureFormat | None = None
        self._canvas: Frame | None = None
        self._begins = 0
        self._due: int | None = None
        """The slot of the latest change that is not written yet."""
        self._owed = 0
        """The slot of the first such change."""
        self._touched: Flags | None = _NOTHING
        """Which tiles may have changed since the last picture was written; None where all may."""
        self._until_key = 0
        """So many pictures until a key is due; a pointer that moves does not count."""
        self._repeats_from: int | None = None
        self._dark_since: int | None = None
        """Since when it is dark, in microseconds."""
        self.behind = 0.0
        """By so many seconds, while messages wait: pictures are left out then, but for a few."""
        self._failed = 0
        """So many pictures in a row could not be encoded."""
        self.parts: list[int] = []
        """When each part begins, in microseconds."""

    @property
    def needs_refresh(self) -> bool:
        """Whether pictures are missing, so that the session should be asked for a whole one."""
        return not self._playback.has_picture or self._playback.lost > 0

    def take(self, time: int, message: Message) -> None:
        """Follow a session message. Raises RecordingStoppedError, PictureError."""
        slot = self._slot(time)
        self._catch_up(slot)
        turns_dark = darkens(message)
        if turns_dark:
            self._write_due()  # what was seen last stays if this is the end
        seen = self._playback.take(message)
        if seen is Seen.PICTURE:
            self._dark_since = time if turns_dark else None
        if seen is not Seen.NOTHING:
            self._changed(slot, self._playback.touched if seen is Seen.PICTURE else _NOTHING)

    def show(self, time: int, frame: Frame) -> None:
        """Follow a source of whole pictures; `frame` must stay as it is until the next call. Raises as `take`."""
        slot = self._slot(time)
        self._catch_up(slot)
        self._playback.give(frame)
        self._changed(slot, None)

    def flush(self, time: int) -> None:
        """Make the files tell everything up to `time`. Raises as `take`."""
        slot = self._slot(time)
        self._catch_up(slot)
        self._fill(slot)
        if self._writer is not None:
            self._writer.flush()

    def close(self, time: int) -> None:
        """End the recording. Raises as `take`."""
        self.behind = 0.0
        slot = self._slot(time)
        if self._dark_since is not None and time - self._dark_since < PARTING:
            self._due = None
        self._catch_up(slot + 1 + POINTER_SLOTS)
        self._fill(slot + 1)
        if self._writer is not None:
            self._writer.close(self._writer.slots)

    def _changed(self, slot: int, touched: Flags | None) -> None:
        """Owe a picture, with these tiles changed; None for any."""
        self._owed = slot if self._due is None else self._owed
        self._due = slot
        self._touched = _either(self._touched, touched)

    def _slot(self, time: int) -> int:
        return time * self._rate // MICROSECONDS

    def _catch_up(self, slot: int) -> None:
        """Write the picture that was due before this slot."""
        if self._due is None or slot <= self._due or not self._playback.has_picture:
            return
        if self._touched is _NOTHING and not self._format.lossless and slot <= self._owed + POINTER_SLOTS:
            return  # a moving pointer would cost as much as a moving picture
        if self.behind and slot < self._owed + self._rate * max(1 / LEAST_A_SECOND, self.behind * CATCHES_UP):
            return
        self._write_due()

    def _write_due(self) -> None:
        """Write the picture that is owed, if there is one."""
        if self._due is None or self._playback.frame is None:
            return
        due, self._due = self._due, None
        try:
            self._show(due, self._playback.frame, self._playback.pointer)
        except AviFullError:
            self._let_go()
            self._show(due, self._playback.frame, self._playback.pointer)

    def _show(self, slot: int, frame: Frame, pointer: Pointer | None) -> None:
        canvas = self._fit(frame)
        if self._writer is None or canvas is None:
            self._begin_part(slot, frame)
            canvas = frame
        assert self._writer is not None and self._pictures is not None  # noqa: S101, PT018  # _begin_part made them
        self._settle(slot)
        touched, self._touched = self._touched, _NOTHING
        same, key = touched is _NOTHING, self._until_key == 0
        if not same and canvas is not frame:
            touched = None  # a smaller picture's tiles are not those of the film
        packet = self._encode(self._pictures, canvas, pointer, key, touched)
        if packet is not None and packet.data:
            self._writer.write(max(slot - self._begins, self._writer.slots), packet.data, packet.is_key)
            self._until_key = KEY_PICTURES - 1 if packet.is_key else max(self._until_key - (not same), 0)
            self._repeats_from = self._writer.slots

    def _encode(
        self, pictures: PictureFormat, canvas: Frame, pointer: Pointer | None, key: bool, touched: Flags | None
    ) -> Packet | None:
        """Encode a picture. One that fails costs that picture only: the encoder begins again.

        Raises what the encoder raises once MOST_FAILED in a row have failed.
        """
        try:
            packet = pictures.encode(canvas, pointer, key, touched)
        except Exception as error:
            self._failed += 1
            if self._failed >= MOST_FAILED:
                raise
            _log.warning("a picture of the film is left out", exc_info=error)
            self._pictures, self._until_key = self._format.open(canvas.shape[1], canvas.shape[0], self._rate), 0
            return None
        self._failed = 0
        return packet

    def _fit(self, frame: Frame) -> Frame | None:
        """Return the picture in the size of this part, None if it has no room there."""
        if self._canvas is None or self._canvas.shape == frame.shape:
            return frame if self._canvas is not None else None
        height, width = frame.shape[:2]
        if height > self._canvas.shape[0] or width > self._canvas.shape[1]:
            return None
        self._canvas[:] = 0
        self._canvas[:height, :width] = frame
        return self._canvas

    def _begin_part(self, slot: int, frame: Frame) -> None:
        if self._writer is not None:
            self._settle(slot)
            self._writer.close(max(slot - self._begins, self._writer.slots))
        height, width = frame.shape[:2]
        self._canvas = np.zeros_like(frame)
        self._pictures = self._format.open(width, height, self._rate)
        self._begins, self._until_key, self._repeats_from = slot, 0, None
        self.parts.append(slot * MICROSECONDS // self._rate)
        self._writer = AviWriter(self._part(len(self.parts)), self._pictures.stream, self._limits)

    def _settle(self, slot: int) -> None:
        """Where players show a picture only when the next one comes, let it come at once if it would come late."""
        if self._writer is None or self._pictures is None or self._writer.slots != self._repeats_from:
            return
        if slot - self._begins > self._repeats_from + LATE_SLOTS:
            repeated = self._pictures.repeat()
            if repeated:
                self._writer.write(self._repeats_from, repeated, False)

    def _fill(self, slot: int) -> None:
        """Let the picture stay until this slot, in another part where this one is full."""
        try:
            self._settle(slot)
            if self._writer is not None:
                self._writer.fill(slot - self._begins)
        except AviFullError:
            self._let_go()
            self._changed(slot, None)

    def _let_go(self) -> None:
        """This part is full."""
        if self._writer is not None:
            self._writer.flush()
        self._writer = None


def _either(one: Flags | None, other: Flags | None) -> Flags | None:
    """Return which tiles either of two changes touched; None where one of them may have touched any."""
    if one is _NOTHING or other is _NOTHING:
        return other if one is _NOTHING else one
    if one is None or other is None or one.shape != other.shape:
        return None
    return one | other
