"""Both ends of a handshake take any steps, in any order: each is answered, passed over, or refused by name.

The first byte chooses secret or words. Then deeds follow: a byte that says to whom and what, a length (u16), and that
many bytes. A deed delivers an honest step, one with some bytes changed, an old one, or bytes that nobody made.
"""

import time
from collections.abc import Callable, Iterable

from codec.session.responder import ATTEMPTS
from tests.fuzz.mutations import try_each
from tests.support.handshake_ends import Deed, Ends, PythonEnds, Setting

SECONDS_EACH = 3.0
HONEST, CHANGED, OLD, GARBAGE, RESTART = range(5)
_MOST_DEEDS = 40


def seeds() -> list[bytes]:
    """Return good inputs, to be changed."""
    to_applet, to_console = 0, 1
    honest = [(HONEST, to_applet, b""), (HONEST, to_console, b"")] * 2
    stories = [
        honest,
        [(HONEST, to_applet, b""), (OLD, to_applet, b"\0"), *honest[1:], (OLD, to_console, b"\1")],
        [(HONEST, to_applet, b""), (CHANGED, to_console, b"\x30\1"), *honest[2:]],
        [*honest[:3], (CHANGED, to_applet, b"\x20\xff"), (RESTART, to_applet, b""), *honest],
        [(GARBAGE, to_applet, b"\x95\xa6commit\x02\xa5words\xc4\x20" + bytes(32)), *honest],
    ]
    return [bytes([how]) + b"".join(map(_written, story)) for story in stories for how in range(2)]


def try_one(data: bytes) -> None:
    """Carry out what `data` says. Raises AssertionError, or anything else that is not allowed."""
    try_with(data, PythonEnds)


def try_with(data: bytes, make: Callable[[Setting], Ends]) -> None:
    """The same with other ends. Anything but a HandshakeError that they raise is not allowed."""
    secret = "7421" if data[:1] == b"\1" else None
    began, run = time.monotonic(), _Run(make(Setting(secret, secret, seed="fuzz")))
    for deed, to, payload in _deeds(data[1:]):
        run.step(deed, to, payload)
    seconds = time.monotonic() - began
    assert seconds < SECONDS_EACH, f"{seconds:.1f} s for one input"


def try_all(inputs: Iterable[bytes]) -> int:
    """Try inputs one after the other; return how many. The one that fails is in the error's notes."""
    return try_each(try_one, inputs)


class _Run:
    """A console, an applet, and the steps that are under way between them."""

    def __init__(self, ends: Ends) -> None:
        self._ends = ends
        self._steps: list[bytes] = []
        self._waiting: list[list[bytes]] = [[], []]
        self._roots: set[str] = set()
        self._restart()

    def step(self, deed: int, to: int, payload: bytes) -> None:
        """Do one thing to the end `to`: 0 is the applet."""
        match deed:
            case 4:
                self._restart()
            case 3:
                self._deliver(to, payload)
            case 2 if self._steps:
                self._deliver(to, self._steps[(payload or b"\0")[0] % len(self._steps)])
            case _ if self._waiting[to]:
                step = self._waiting[to].pop(0)
                self._deliver(to, step if deed == HONEST else _changed(step, payload))

    def _restart(self) -> None:
        self._take(0, {"do": "begin"})

    def _deliver(self, to: int, step: bytes) -> None:
        self._take(1 - to, {"do": "receive", "at": "console" if to else "applet", "step": step.hex()})

    def _take(self, hearer: int, deed: Deed) -> None:
        """Do it. Nobody agrees on a key that the other end did not make too, and attempts are bounded."""
        outcome = self._ends.do(deed)
        assert outcome["attempt"] <= ATTEMPTS
        if "applet" in outcome:
            self._roots.add(outcome["applet"]["root"])
        if "console" in outcome:
            assert outcome["console"]["root"] in self._roots, "the console agreed on a key that the applet never had"
        if "said" in outcome:
            self._steps.append(bytes.fromhex(outcome["said"]))
            self._waiting[hearer].append(self._steps[-1])


def _changed(step: bytes, payload: bytes) -> bytes:
    changed = bytearray(step)
    for at, flip in zip(payload[::2], payload[1::2], strict=False):
        changed[at % len(changed)] ^= flip
    return bytes(changed)


def _written(deed: tuple[int, int, bytes]) -> bytes:
    what, to, payload = deed
    return bytes([what << 1 | to]) + len(payload).to_bytes(2, "little") + payload


def _deeds(data: bytes) -> Iterable[tuple[int, int, bytes]]:
    for _ in range(_MOST_DEEDS):
        if len(data) < 3:
            return
        length = int.from_bytes(data[1:3], "little")
        yield (data[0] >> 1) % 5, data[0] & 1, data[3 : 3 + length]
        data = data[3 + length :]
