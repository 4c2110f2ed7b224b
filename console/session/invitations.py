"""What a technician gives to a customer: a PIN with secret digits, or a link with its secret; the relay sees no secret.

Secrets stay in this process's memory: a console that was restarted cannot go on with a session that it had secured by
one, and says so.
"""

import base64

from codec.wire.api_types import Code, CodeState, Method
from codec.wire.pins import SECRET_DIGITS, grouped, is_pin
from console.page.messages import Invitation

RANDOM_BYTES = 16
_ALIVE = (CodeState.ISSUED, CodeState.USED)


class Invitations:
    """The codes of this technician and the secrets that this console has given them."""

    def __init__(self) -> None:
        self._person = ""
        self._codes: dict[int, Code] = {}
        self._secrets: dict[int, str] = {}
        self._plain: dict[int, int | None] = {}
        """PINs that were made here without a secret, and the session that each was used for."""

    def signed_in(self, person: str) -> None:
        """`person` works here from now on: secrets that another one made are forgotten, their own stay."""
        if person != self._person:
            self._person = person
            self._codes, self._secrets, self._plain = {}, {}, {}

    def signed_out(self) -> None:
        """No one is signed in. Secrets are kept until the next sign-in, because a session may be waiting for one."""
        self._codes = {}

    @property
    def codes(self) -> list[Code]:
        """All codes that the relay has told of."""
        return list(self._codes.values())

    def lets_in(self, code: int) -> bool:
        """Whether a customer can still come with a code, by the relay's word."""
        known = self._codes.get(code)
        return known is not None and known.state is CodeState.ISSUED

    def secret_of(self, code: int) -> str | None:
        """Return the secret of a code, None when it has none or another console made it."""
        return self._secrets.get(code)

    def forget_secret(self, code: int) -> None:
        """The secret of a code may no longer be used."""
        self._secrets.pop(code, None)

    def made(self, code: Code, secret: str | None) -> None:
        """A code was made here."""
        self.take(code)
        if secret is not None:
            self._secrets[code.id] = secret
        else:
            self._plain[code.id] = None

    def was_plain(self, code: int, session: int) -> bool:
        """Whether a session has no secret to compare: its PIN was made here without one. True for one session of it."""
        if code not in self._plain:
            return False
        if self._plain[code] is None:
            self._plain[code] = session
        return self._plain[code] == session

    def take_all(self, codes: list[Code]) -> None:
        """The relay lists all codes again; secrets of those that are gone are forgotten."""
        self._codes = {code.id: code for code in codes}
        self._secrets = {code: secret for code, secret in self._secrets.items() if code in self._codes}

    def take(self, code: Code) -> None:
        """A code has changed; the secret of one that nobody can use any more is forgotten."""
        self._codes[code.id] = code
        if code.state not in _ALIVE:
            self._secrets.pop(code.id, None)

    def invitation(self, code: Code, customer_page: str) -> Invitation:
        """Return what to read aloud or send for `code`."""
        secret = self._secrets.get(code.id)
        return Invitation(code.id, _spoken(code, secret), _link(code, secret, customer_page))


def secret_for(method: Method, lengthened: bool, randomness: bytes) -> str | None:
    """Return the secret of a new code: always one for a link, four digits for a lengthened PIN, else None.

    A link that the relay sends has none, as the relay would know it.

    `randomness` is RANDOM_BYTES fresh random bytes; the digits are uniform to within 2⁻¹¹⁴.
    """
    if len(randomness) != RANDOM_BYTES:
        raise ValueError(f"a secret takes {RANDOM_BYTES} random bytes, not {len(randomness)}")
    if method is Method.LINK:
        return base64.urlsafe_b64encode(randomness).rstrip(b"=").decode()
    if lengthened and method is Method.PIN:
        return f"{int.from_bytes(randomness, 'big') % 10**SECRET_DIGITS:0{SECRET_DIGITS}d}"
    return None


def _spoken(code: Code, secret: str | None) -> str | None:
    """Group the PIN as it is read aloud: "482 133", with secret digits "482 133 7421".

    A relay that gave fewer digits for a PIN would have the customer send it the first of the secret: then there is
    nothing to read aloud.
    """
    if code.pin is None or not is_pin(code.pin):
        return None
    return " ".join(filter(None, (grouped(code.pin), secret)))


def _link(code: Code, secret: str | None, customer_page: str) -> str | None:
    if code.path is None or secret is None:
        return None
    return f"{customer_page.rstrip('/')}{code.path}#{secret}"
