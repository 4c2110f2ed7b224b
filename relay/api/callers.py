"""Who calls the API: a person by the token of his sign-in, or a program by its key."""

from collections.abc import Callable
from datetime import datetime

from aiohttp import web

from codec.errors import DesksideError
from relay.api.calls import Call, Caller
from relay.api_keys.rules import PREFIX
from relay.api_keys.service import Keys
from relay.limits.fair_queue import BusyError
from relay.limits.rate_limiter import TooOftenError
from relay.logs.events import LOCKED_OUT, REFUSED, tell
from relay.sign_in.service import SignInService
from relay.web.api import NotSignedInError, bearer
from relay.web.listener import is_known


class Callers:
    """Identifies callers. `address` says where a request comes from."""

    def __init__(self, sign_in: SignInService, keys: Keys, address: Callable[[web.Request], str]) -> None:
        self._service = sign_in
        self._keys = keys
        self._address = address

    async def identify(self, request: web.Request, call: Call, now: datetime) -> Caller:
        """Return who makes this call. Raises NotSignedInError, NotFromHereError, or what `Keys.use` raises."""
        secret, address = bearer(request), self._address(request)
        if secret.startswith(PREFIX):
            try:
                key, name, found = await self._keys.use(secret, call.scope, address, now)
            except TooOftenError as error:
                tell(LOCKED_OUT, address=address, what="API key", seconds=error.retry_seconds)
                raise
            except BusyError:
                raise
            except DesksideError as error:
                tell(REFUSED, address=address, what="API key", why=type(error).__name__.removesuffix("Error"))
                raise
            caller = Caller(found, name, address, key)
        else:
            identity = await self._service.identify(secret, address, now)
            if identity is None:
                tell(REFUSED, address=address, what="token", why="unknown or ended")
                raise NotSignedInError(NotSignedInError.__doc__)
            caller = Caller(identity, identity.person.name, address)
        if call.serves and not caller.identity.may_serve:
            raise NotSignedInError(NotSignedInError.__doc__)
        is_known(request)
        return caller
