"""Both ends of a handshake take any steps, in any order: each is answered, passed over, or refused by name.

The first byte chooses secret or words. Then deeds follow: a byte that says to whom and what, a length (u16), and that
many bytes. A deed delivers an honest step, one with some bytes changed, an old one, or bytes that nobody made.
"""

import time
from collections.abc import Iterable

from codec.session.handshake import RANDOM_BYTES, Agreement, Handshake, HandshakeError
from codec.session.responder import ATTEMPTS, Responder
from codec.session.seal import derive
from codec.wire.roles import Role
from tests.fuzz.mutations import try_each

ALLOWED = (HandshakeError,)
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
    began, run = time.monotonic(), _Run(secret="7421" if data[:1] == b"\1" else None)
    for deed, to, payload in _deeds(data[1:]):
        run.step(deed, to, payload)
        run.check()
    seconds = time.monotonic() - began
    assert seconds < SECONDS_EACH, f"{seconds:.1f} s for one input"


def try_all(inputs: Iterable[bytes]) -> int:
    """Try inputs one after the other; return how many. The one that fails is in the error's notes."""
    return try_each(try_one, inputs)


class _Run:
    """A console, an applet, and the steps that are under way between them."""

    def __init__(self, secret: str | None) -> None:
        self._secret = secret
        self._made = 0
        self._applet = Responder("7", secret, self._randomness)
        self._steps: list[bytes] = []
        self._waiting: list[list[bytes]] = [[], []]
        self._roots: set[bytes] = set()
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

    def check(self) -> None:
        """Nobody agrees on a key that the other end did not make too, and attempts are bounded."""
        assert self._applet.attempt <= ATTEMPTS
        agreed: Agreement | None = self._console.agreement
        if agreed is not None:
            assert agreed.root in self._roots, "the console agreed on a key that the applet never had"

    def _restart(self) -> None:
        self._console = Handshake(Role.CONSOLE, "7", self._secret, self._randomness())
        self._say(0, self._console.start())

    def _deliver(self, to: int, step: bytes) -> None:
        try:
            said = self._applet.receive(step) if to == 0 else self._console.receive(step)
        except ALLOWED:
            return
        if self._applet.agreement is not None:
            self._roots.add(self._applet.agreement.root)
        if said is not None:
            self._say(1 - to, said)

    def _say(self, to: int, step: bytes) -> None:
        self._steps.append(step)
        self._waiting[to].append(step)

    def _randomness(self) -> bytes:
        self._made += 1
        return derive(self._made.to_bytes(4, "big"), "fuzz", length=RANDOM_BYTES)


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
