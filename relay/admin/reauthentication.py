"""Password and code given again, in a form that carries along what was to be saved (see `relay.organization.guard`)."""

from datetime import datetime

from multidict import MultiDict

from codec.errors import DesksideError
from relay.accounts.service import Identity
from relay.credentials.service import Credentials
from relay.field_errors import FieldError
from relay.limits.fair_queue import BusyError
from relay.limits.rate_limiter import TooOftenError
from relay.sign_in.service import SecondStepNeededError
from relay.sign_in.two_step import NotSetUpYetError, WrongCodeError

PASSWORD, CODE, CANCELLED = "proof:current", "proof:code", "not-now"
_WRONG = (FieldError, TooOftenError, BusyError, SecondStepNeededError, WrongCodeError, NotSetUpYetError)
Shown = tuple[str, str]
"""A password and a code, as they were typed."""


class Reauthentication:
    """Takes them, before anything else is done with a form."""

    def __init__(self, credentials: Credentials) -> None:
        self._credentials = credentials

    @staticmethod
    def shown_in(form: MultiDict[str]) -> Shown | None:
        """Return the proof that came with a form, None where none did."""
        return (form[PASSWORD], form.get(CODE, "")) if PASSWORD in form else None

    @staticmethod
    def without(form: MultiDict[str]) -> MultiDict[str]:
        """Return what the form was about."""
        return MultiDict([(name, value) for name, value in form.items() if name not in (PASSWORD, CODE)])

    async def take(
        self, identity: Identity, address: str, shown: Shown, now: datetime
    ) -> tuple[Identity, DesksideError | None]:
        """Return who has proved to be there; with what was wrong where they have not."""
        try:
            return await self._credentials.prove(identity, address, *shown, now), None
        except _WRONG as error:
            return identity, error

    async def asks_code(self, identity: Identity) -> bool:
        """Whether a code is needed besides the password."""
        return await self._credentials.asks_code(identity.person.id)
