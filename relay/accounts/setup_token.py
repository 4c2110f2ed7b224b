"""The first set-up: a token that only the terminal shows, good until the first master administrator exists."""

import re
from contextlib import suppress
from pathlib import Path

from codec.errors import DesksideError
from codec.host.private_files import NotPrivateError, read_private, write_private
from relay.secret import SECRET_BYTES, new_secret, same

FILE = "setup-token"
_TOKEN = re.compile(rb"[\w-]{%d}\n?" % -(-SECRET_BYTES * 4 // 3))


class WrongTokenError(DesksideError):
    """The token is wrong. Use the one in the relay’s terminal, or run `deskside-relay setup-token` to see it."""


class SetupToken:
    """Guards /setup. The token survives a restart in a file that only its owner can read."""

    def __init__(self, data: Path) -> None:
        self._file = data / FILE

    def show(self) -> str:
        """Return the token, making one where there is none that is whole and private."""
        token = self.read()
        if token is None:
            token = new_secret()
            write_private(self._file, token.encode())
        return token

    def read(self) -> str | None:
        """Return the token, None where there is none that is whole and private."""
        with suppress(FileNotFoundError, NotPrivateError):
            token = read_private(self._file)
            if _TOKEN.fullmatch(token):
                return token.decode().strip()
        return None

    def check(self, token: str) -> None:
        """Raise WrongTokenError unless this is the token. 256 bits cannot be guessed, so nobody's tries are counted."""
        if not same(token.strip(), self.show()):
            raise WrongTokenError(WrongTokenError.__doc__)

    def forget(self) -> None:
        """The relay has been set up: the token is of no use any more."""
        self._file.unlink(missing_ok=True)
