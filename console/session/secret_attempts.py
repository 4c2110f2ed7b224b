"""How often the secret of each code was put to the proof, and which secrets are still waited for. Pure.

A relay in the middle may try secrets: each proof that this console sends and nobody confirms has told it whether one
guess was right. So a guess is counted, and kept on disk, before the proof leaves; a valid confirmation gives it back.
The count belongs to the code, so that new sessions, reconnections and restarts of this program share it.

A code with a secret also shuts the way around it: while its customer is still awaited, a session that comes without a
secret may be that customer with the relay in between, so it opens only with the technician's explicit yes. The customer
is awaited no longer once their session was open here and has ended: the technician saw them come and go. That a code
is spent otherwise is only the relay's word: the technician is asked once more, and not again for that code.
"""

from collections.abc import Callable, Iterable, Iterator

import msgspec
from msgspec import Struct

from codec.session.responder import SECRET_GUESSES
from codec.wire.api_types import Method

AWAITED_SECONDS = {Method.PIN: 15 * 60, Method.LINK: 24 * 3_600}
"""How long a code's customer is awaited at least, whatever the relay says of the code's end: the relay may want the
secret to be forgotten. As long as codes last unless something else was chosen."""
LONGEST_SECONDS = 7 * 24 * 3_600


class SecuredCode(Struct, frozen=True, kw_only=True):
    """A code that was made here with a secret. The secret itself is in memory only."""

    code: int
    awaited_until: float
    """Seconds since 1970."""
    secret_attempts: int = 0
    """Proofs that were sent and not confirmed."""
    settled: bool = False
    """The customer is awaited no longer: see `confirmed`, `cancelled`, `seen_off` and `let_pass`."""


class SecretAttempts:
    """The codes with a secret that this computer made at one relay. `keep` writes each change down at once."""

    def __init__(self, keep: Callable[[SecuredCode], None], known: Iterable[SecuredCode] = ()) -> None:
        self._keep = keep
        self._codes = {each.code: each for each in known}

    def made(self, code: int, method: Method, expires_at: float, now: float) -> None:
        """A code was made with a secret. Times in seconds since 1970."""
        until = min(max(expires_at, now + AWAITED_SECONDS[method]), now + LONGEST_SECONDS)
        self._note(SecuredCode(code=code, awaited_until=until))

    def has_secret(self, code: int) -> bool:
        """Whether this computer made the code with a secret."""
        return code in self._codes

    def left(self, code: int) -> int:
        """Return how many unconfirmed proofs the code's secret still survives."""
        known = self._codes.get(code)
        return SECRET_GUESSES if known is None else max(0, SECRET_GUESSES - known.secret_attempts)

    def use(self, code: int) -> bool:
        """Count a guess, because a proof is about to be sent. False when none is left: the proof must stay here."""
        known = self._codes.get(code)
        if known is None or known.secret_attempts >= SECRET_GUESSES:
            return False
        self._note(msgspec.structs.replace(known, secret_attempts=known.secret_attempts + 1))
        return True

    def confirmed(self, code: int) -> None:
        """The proof was answered by a valid one: that guess was the customer's own."""
        known = self._codes.get(code)
        if known is not None:
            self._note(msgspec.structs.replace(known, secret_attempts=max(0, known.secret_attempts - 1), settled=True))

    def cancelled(self, code: int) -> None:
        """The technician has cancelled the code here, so no customer with its secret is awaited."""
        self._settle(code)

    def seen_off(self, code: int) -> None:
        """The session of the code was open here and has ended, however it ended."""
        self._settle(code)

    def let_pass(self, is_spent: Callable[[int], bool], now: float) -> None:
        """The technician opens a session without a secret although customers with one are awaited.

        `is_spent` says whether a code can no longer be used, by the relay's word: its customers are awaited no longer.
        """
        for code in [each.code for each in self._awaited(now) if is_spent(each.code)]:
            self._settle(code)

    def awaits_secret(self, now: float) -> bool:
        """Whether a customer who has a secret may still come."""
        return any(True for _ in self._awaited(now))

    def _awaited(self, now: float) -> Iterator[SecuredCode]:
        return (each for each in self._codes.values() if not each.settled and now < each.awaited_until)

    def _settle(self, code: int) -> None:
        known = self._codes.get(code)
        if known is not None and not known.settled:
            self._note(msgspec.structs.replace(known, settled=True))

    def _note(self, code: SecuredCode) -> None:
        self._codes[code.code] = code
        self._keep(code)
