"""Gives a text to the programs that ask for it, as the owner of a selection of X11 does (ICCCM 2.6, 2.7.2)."""

import struct
from dataclasses import dataclass
from typing import Any

from Xlib import X, Xatom, display
from Xlib.protocol import event

WHOLE_BYTES = 128 * 1024
"""A longer text goes in parts: a request of X11 carries 256 KiB at most."""
PART_BYTES = 64 * 1024
IDLE_SECONDS = 10.0
MOST_AT_ONCE = 16


@dataclass
class _Transfer:
    window: Any
    atom: int
    target: int
    data: bytes
    at: int
    heard_at: float


class SelectionOwner:
    """What is held, and who is being given it. All from one thread."""

    def __init__(self, on: display.Display) -> None:
        self._display = on
        names = ("TARGETS", "TIMESTAMP", "INCR", "UTF8_STRING", "TEXT", "text/plain;charset=utf-8", "text/plain")
        self._atoms = {name: on.intern_atom(name) for name in names}
        self._text: str | None = None
        self._since = 0
        self._transfers: dict[tuple[int, int], _Transfer] = {}

    @property
    def ends_at(self) -> float | None:
        """When the first program is given up that asked and does not take its text."""
        return min((each.heard_at + IDLE_SECONDS for each in self._transfers.values()), default=None)

    def hold(self, text: str, since: int) -> None:
        """Hold this text, from this time of the server on."""
        self._text, self._since = text, since

    def clear(self) -> None:
        """Another program owns the selection now."""
        self._text = None

    def tick(self, now: float) -> None:
        """Give up those who do not take what they asked for."""
        for key, each in list(self._transfers.items()):
            if now >= each.heard_at + IDLE_SECONDS:
                del self._transfers[key]

    def request(self, asked: Any, now: float) -> None:
        """Answer a program that asks."""
        atom = asked.property or asked.target  # as programs from before 1989 ask
        given = self._text is not None and self._give(self._text, asked.requestor, atom, asked.target, now)
        answer = event.SelectionNotify(
            time=asked.time,
            requestor=asked.requestor,
            selection=asked.selection,
            target=asked.target,
            property=atom if given else X.NONE,
        )
        asked.requestor.send_event(answer)
        self._display.flush()

    def deleted(self, window: int, atom: int, now: float) -> None:
        """A program has taken a part."""
        transfer = self._transfers.get((window, atom))
        if transfer is None:
            return
        part = transfer.data[transfer.at : transfer.at + PART_BYTES]
        transfer.at += len(part)
        transfer.heard_at = now
        transfer.window.change_property(atom, transfer.target, 8, part)
        if not part:  # nothing at all says that this was the last
            del self._transfers[window, atom]
        self._display.flush()

    def _give(self, text: str, window: Any, atom: int, target: int, now: float) -> bool:
        names = self._atoms
        if target == names["TARGETS"]:
            offered = [*names.values(), Xatom.STRING]
            offered.remove(names["INCR"])
            window.change_property(atom, Xatom.ATOM, 32, struct.pack(f"={len(offered)}I", *offered))
            return True
        if target == names["TIMESTAMP"]:
            window.change_property(atom, Xatom.INTEGER, 32, struct.pack("=I", self._since))
            return True
        data = self._encoded(text, target)
        if data is None:
            return False
        kind = names["UTF8_STRING"] if target == names["TEXT"] else target
        if len(data) <= WHOLE_BYTES:
            window.change_property(atom, kind, 8, data)
            return True
        if len(self._transfers) >= MOST_AT_ONCE:
            return False
        window.change_attributes(event_mask=X.PropertyChangeMask)
        self._transfers[window.id, atom] = _Transfer(window, atom, kind, data, 0, now)
        window.change_property(atom, names["INCR"], 32, struct.pack("=I", len(data)))
        return True

    def _encoded(self, text: str, target: int) -> bytes | None:
        if target == Xatom.STRING:
            return text.encode("latin-1", "replace")
        utf8 = ("UTF8_STRING", "TEXT", "text/plain;charset=utf-8", "text/plain")
        return text.encode() if target in [self._atoms[name] for name in utf8] else None
