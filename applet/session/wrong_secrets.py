"""How often a code's secret did not fit here, counted across sessions and restarts of this program. Pure.

A relay that is not honest may send one guess of the secret after the other, a session for each, and ask the customer to
enter the same code again. After SECRET_GUESSES the code is refused on this computer, whatever the relay says of it.
"""

from collections.abc import Callable, Iterable

import msgspec
from msgspec import Struct

from codec.session.responder import SECRET_GUESSES

KEPT_SECONDS = 24 * 3_600
"""Codes live a day at most."""
MAX_CODES = 200


class WrongSecret(Struct, frozen=True):
    """How often one code's secret did not fit, the last time at `at` (seconds since 1970). `code` is a digest."""

    code: str
    times: int
    at: float


class WrongSecrets:
    """The codes whose secret did not fit. `keep` is given all of them after each change."""

    def __init__(self, keep: Callable[[list[WrongSecret]], None], known: Iterable[WrongSecret] = ()) -> None:
        self._keep = keep
        self._codes = {each.code: each for each in known}

    def missed(self, code: str, now: float) -> None:
        """The secret of a code did not fit."""
        before = self._fresh(code, now)
        self._codes[code] = WrongSecret(code, before + 1, now)
        newest = sorted(self._codes.values(), key=lambda each: each.at)[-MAX_CODES:]
        self._codes = {each.code: each for each in newest if now - each.at <= KEPT_SECONDS}
        self._keep(list(self._codes.values()))

    def is_used_up(self, code: str, now: float) -> bool:
        """Whether the code may not be tried again."""
        return self._fresh(code, now) >= SECRET_GUESSES

    def _fresh(self, code: str, now: float) -> int:
        known = self._codes.get(code)
        return known.times if known is not None and now - known.at <= KEPT_SECONDS else 0


def read_wrong_secrets(content: bytes) -> list[WrongSecret]:
    """Return what `write_wrong_secrets` wrote. Raises msgspec.MsgspecError."""
    return _decoder.decode(content)


def write_wrong_secrets(codes: list[WrongSecret]) -> bytes:
    """Return the codes as JSON."""
    return msgspec.json.encode(codes)


_decoder = msgspec.json.Decoder(list[WrongSecret])
