"""PINs and links by JSON: make, list, cancel."""

from codec.wire.api_types import Code, NewCode
from relay.api.calls import Asked, NoBody, NoQuery, call
from relay.api_keys.rules import Scope
from relay.codes.service import Codes


class CodesApi:
    """The calls of a technician."""

    def __init__(self, codes: Codes) -> None:
        self._codes = codes

    @call("POST", "/codes", Scope.SESSIONS_WRITE, serves=True, status=201)
    async def make_code(self, asked: Asked[NoQuery, NewCode]) -> Code:
        """Make a PIN or a link."""
        new = asked.body
        return await self._codes.make(
            asked.person,
            new.method,
            new.name,
            asked.now,
            session_type=new.session_type,
            session=new.session,
            fields=new.fields,
            has_secret=new.has_secret,
            to=new.to,
            language=new.language,
        )

    @call("GET", "/codes", Scope.SESSIONS_READ, serves=True)
    async def list_codes(self, asked: Asked[NoQuery, NoBody]) -> list[Code]:
        """List your PINs and links."""
        return await self._codes.listed(asked.person, asked.now)

    @call("DELETE", "/codes/{id}", Scope.SESSIONS_WRITE, serves=True)
    async def cancel_code(self, asked: Asked[NoQuery, NoBody]) -> None:
        """Cancel a PIN or link that has not been used."""
        await self._codes.cancel(asked.person, asked.number(), asked.now)
