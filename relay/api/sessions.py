"""Sessions by JSON: list, pick up, open up, end."""

from collections.abc import Awaitable, Callable

from codec.wire.api_types import EditField, PickUp, Session
from relay.api.calls import Asked, NoBody, NoQuery, call
from relay.api_keys.rules import Scope
from relay.sessions.editing import SessionFields
from relay.sessions.service import Sessions


class SessionsApi:
    """The calls of a technician."""

    def __init__(self, sessions: Sessions, fields: SessionFields, renew: Callable[[int], Awaitable[None]]) -> None:
        """`renew` tells the customers of someone what that technician may ask for now."""
        self._sessions = sessions
        self._fields = fields
        self._renew = renew

    @call("GET", "/sessions", Scope.SESSIONS_READ, serves=True)
    async def list_sessions(self, asked: Asked[NoQuery, NoBody]) -> list[Session]:
        """List your sessions, and those that wait in your channels."""
        return await self._sessions.listed(asked.person, asked.now)

    @call("POST", "/sessions/{id}/pick-up", Scope.SESSIONS_WRITE, serves=True)
    async def pick_up(self, asked: Asked[NoQuery, PickUp]) -> Session:
        """Take a session that waits."""
        session = await self._sessions.pick_up(asked.person, asked.number(), asked.body.console, asked.now)
        if session.channel is not None:
            await self._renew(asked.person)  # its customer has not known whose it would be
        return session

    @call("POST", "/sessions/{id}/open-up", Scope.SESSIONS_WRITE, serves=True)
    async def open_up(self, asked: Asked[NoQuery, NoBody]) -> Session:
        """Let a session that started as a chat be more. The customer is asked before anything is seen."""
        session = await self._sessions.open_up(asked.person, asked.number())
        await self._renew(asked.person)
        return session

    @call("PATCH", "/sessions/{id}/fields", Scope.SESSIONS_WRITE, serves=True)
    async def edit_field(self, asked: Asked[NoQuery, EditField]) -> Session:
        """Change the name or a custom field of a session that is yours or waits in your channels."""
        return await self._fields.edit(asked.person, asked.number(), asked.body.field, asked.body.value)

    @call("POST", "/sessions/{id}/end", Scope.SESSIONS_WRITE, serves=True)
    async def end(self, asked: Asked[NoQuery, NoBody]) -> Session:
        """End a session."""
        return await self._sessions.end(asked.person, asked.number(), asked.now)
