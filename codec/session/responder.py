"""The applet's end of every handshake of one session: which attempt a step belongs to, and how many there may be. Pure.

A console that was restarted, or another one that takes the session over, begins with a new commit. Lost steps do not
need one: they are repeated and answered with the same bytes. So a handful of attempts serves every honest session, and
each attempt beyond the first is shown to the person here.
"""

from collections.abc import Callable

from codec.session.handshake import (
    HANDSHAKE_VERSION,
    Agreement,
    Commit,
    Handshake,
    HandshakeError,
    HandshakeProblem,
    How,
    parse_step,
)
from codec.wire.roles import Role

ATTEMPTS = 8
"""How many handshakes one session may begin, the first included, at either end."""
SECRET_GUESSES = 3
"""How many proofs of a wrong secret one code survives, on either end."""


class Responder:
    """Answers the console's steps. `attempt` counts the handshakes begun so far; `agreement` is the latest made."""

    def __init__(self, session: str, secret: str | None, randomness: Callable[[], bytes]) -> None:
        """`randomness` returns 64 fresh random bytes at each call."""
        self.attempt = 0
        self.agreement: Agreement | None = None
        self._session = session
        self._secret = secret
        self._takes_words = secret is None
        self._randomness = randomness
        self._handshake: Handshake | None = None

    @property
    def is_answering(self) -> bool:
        """Whether an attempt is under way here, or has come to an agreement: its steps are known."""
        return self._handshake is not None

    def lacks_secret(self, step: bytes) -> bool:
        """Whether this step begins a handshake over a secret, and we were given none. Raises HandshakeError.

        Nothing has been proven to either side then, so it is no guess: the person can still be asked for the secret.
        """
        if self._secret is not None or self.agreement is not None:
            return False
        commit = parse_step(step)
        return isinstance(commit, Commit) and commit.version == HANDSHAKE_VERSION and commit.how is How.SECRET

    def give(self, secret: str) -> None:
        """The person has the secret after all: attempts from now on are over it."""
        self._secret, self._takes_words = secret, False

    def hand_over(self) -> None:
        """Another console may take over, which has no secret: attempts may be by words from now on."""
        self._takes_words = True

    def forget(self) -> None:
        """The attempt that is under way, or has come to an agreement, counts no more: its steps are unknown."""
        self._handshake = None

    def receive(self, step: bytes) -> bytes | None:
        """Take the console's next step; return ours, or None when there is nothing to say.

        Raises HandshakeError: this attempt is over. After TOO_MANY_ATTEMPTS every further commit raises it again.
        """
        try:
            if self._begins(step):
                self._begin(step)
            if self._handshake is None:
                return None  # a step of an attempt that is over
            said = self._handshake.receive(step)
        except HandshakeError:
            self._handshake = None
            raise
        self.agreement = self._handshake.agreement or self.agreement
        return said

    def _begins(self, step: bytes) -> bool:
        known = self._handshake is not None and self._handshake.answers(step)
        return not known and isinstance(parse_step(step), Commit)

    def _begin(self, step: bytes) -> None:
        if self.attempt >= ATTEMPTS:
            raise HandshakeError(HandshakeProblem.TOO_MANY_ATTEMPTS)
        self.attempt += 1
        commit = parse_step(step)
        is_by_words = self._takes_words and isinstance(commit, Commit) and commit.how is How.WORDS
        secret = None if is_by_words else self._secret
        self._handshake = Handshake(Role.APPLET, self._session, secret, self._randomness())
