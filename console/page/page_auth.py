"""Who may open the page: one-time codes that the terminal shows, and the keys that pages get for them. Pure.

The page is served to anybody on this computer who connects; what it shows needs a key. A code is good once and limited
in tries, a key as long as this console runs. Cookies are shared between all ports of a host, therefore a cookie alone
opens nothing: the page also proves a key that only its own origin can read.
"""

import hmac
from collections import OrderedDict
from dataclasses import dataclass

from codec.errors import DesksideError

CODE_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
CODE_LENGTH = 10
TRIES = 10
USED_KEPT = 1_000
TRIES_SECONDS = 60.0


class NotAdmittedError(DesksideError):
    """This link does not open your console. Run deskside-console open to get a new one."""


class CodeUsedError(NotAdmittedError):
    """That code was already used. If it was not you, another program has opened your console."""

    def __init__(self, at: float) -> None:
        super().__init__(NotAdmittedError.__doc__)
        self.at = at


class TooManyTriesError(DesksideError):
    """Too many wrong codes. Wait a minute, then enter the newest one from the terminal."""


@dataclass(frozen=True)
class Admission:
    """What a page keeps: the cookie's value, and the key for its socket."""

    cookie: str
    key: str


def code_from(randomness: bytes) -> str:
    """Return a code to type, 50 bits long, made from at least CODE_LENGTH random bytes."""
    return "".join(CODE_ALPHABET[byte % len(CODE_ALPHABET)] for byte in randomness[:CODE_LENGTH])


class PageAuth:
    """Admits pages. `code` is what the terminal shows now."""

    def __init__(self, code: str) -> None:
        self.code = code
        self._admissions: list[Admission] = []
        self._used = OrderedDict[str, float]()
        self._misses: list[float] = []

    def open(self, code: str, following: str, admission: Admission, now: float) -> None:
        """Admit whoever knows the code; `following` is the code after this one.

        Raises NotAdmittedError, which is a CodeUsedError when the code was right once, or TooManyTriesError.
        """
        code = code.strip().upper()
        if code in self._used:  # whoever has it was told it by us, so it is no guess
            raise CodeUsedError(self._used[code])
        self._misses = [at for at in self._misses if now - at < TRIES_SECONDS]
        if len(self._misses) >= TRIES:
            raise TooManyTriesError(TooManyTriesError.__doc__)
        if not hmac.compare_digest(code.encode(), self.code.encode()):
            self._misses.append(now)
            raise NotAdmittedError(NotAdmittedError.__doc__)
        self._used[code] = now
        if len(self._used) > USED_KEPT:
            self._used.popitem(last=False)
        self.code = following
        self._admissions.append(admission)

    def admits(self, cookie: str, key: str) -> bool:
        """Whether a page with this cookie and this key was admitted."""
        return any(
            hmac.compare_digest(known.cookie.encode(), cookie.encode())
            and hmac.compare_digest(known.key.encode(), key.encode())
            for known in self._admissions
        )
