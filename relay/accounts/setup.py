"""The first set-up: a token that only the terminal shows, good until the first master administrator exists."""

from pathlib import Path

from codec.errors import DesksideError
from relay.limits import Limit, Limiter
from relay.secret import new_secret, same, write_private

FILE = "setup-token"
LIMITS = {"relay": Limit(10, 300)}


class WrongTokenError(DesksideError):
    """That is not the token in the terminal where the relay runs. `deskside-relay setup-token` shows it again."""


class SetupToken:
    """Guards /setup. The token survives a restart in a file that only its owner can read."""

    def __init__(self, data: Path) -> None:
        self._file = data / FILE
        self._limiter = Limiter(LIMITS)

    def show(self) -> str:
        """Return the token, making one where there is none."""
        try:
            return self._file.read_text().strip()
        except FileNotFoundError:
            token = new_secret()
            write_private(self._file, token)
            return token

    def check(self, token: str, now: float) -> None:
        """Raise WrongTokenError or TooOftenError unless this is the token."""
        self._limiter.check({"relay": ""}, now)
        if not same(token.strip(), self.show()):
            self._limiter.miss({"relay": ""}, now)
            raise WrongTokenError(WrongTokenError.__doc__)

    def forget(self) -> None:
        """The relay has been set up: the token is of no use any more."""
        self._file.unlink(missing_ok=True)
