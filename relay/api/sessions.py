"""Sessions by JSON: list, pick up, open up, hold, hand over, end."""

from collections.abc import Awaitable, Callable

from codec.wire.api_types import EditField, EditNotes, NewTransfer, PickUp, Session, TransferTargets
from codec.wire.chat_log import HandIn, KeptLine
from relay.api.calls import Asked, NoBody, NoQuery, call
from relay.api_keys.rules import Scope
from relay.permissions.service import Permissions
from relay.sessions.chat_log import ChatLogs
from relay.sessions.editing import SessionFields
from relay.sessions.notes import write_notes
from relay.sessions.service import Sessions
from relay.sessions.transfers import Transfers


class SessionsApi:
    """The calls of a technician."""

    def __init__(
        self,
        sessions: Sessions,
        fields: SessionFields,
        transfers: Transfers,
        chat_logs: ChatLogs,
        permissions: Permissions,
        renew: Callable[[int], Awaitable[None]],
    ) -> None:
        """`renew` tells the customers of someone what that technician may ask for now."""
        self._sessions = sessions
        self._fields = fields
        self._transfers = transfers
        self._chat_logs = chat_logs
        self._permissions = permissions
        self._renew = renew

    @call("GET", "/sessions", Scope.SESSIONS_READ, serves=True)
    async def list_sessions(self, asked: Asked[NoQuery, NoBody]) -> list[Session]:
        """List your sessions, and those that wait in your channels."""
        return await self._sessions.listed(asked.person, asked.now)

    @call("POST", "/sessions/{id}/pick-up", Scope.SESSIONS_WRITE, serves=True)
    async def pick_up(self, asked: Asked[NoQuery, PickUp]) -> Session:
        """Take a session that waits or was handed over to you, or go on with one that is on hold."""
        session = await self._sessions.pick_up(
            asked.person, asked.number(), asked.body.console, asked.now, offered=asked.body.offered
        )
        if session.channel is not None or session.transfer is not None or asked.body.offered:
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

    @call("PATCH", "/sessions/{id}/notes", Scope.SESSIONS_WRITE, serves=True)
    async def write_notes(self, asked: Asked[NoQuery, EditNotes]) -> Session:
        """Write the notes of a session that is yours, until it has ended. The customer does not see them."""
        return await write_notes(self._sessions, asked.person, asked.number(), asked.body.notes)

    @call("POST", "/sessions/{id}/chat", Scope.SESSIONS_WRITE, serves=True)
    async def hand_in_chat(self, asked: Asked[NoQuery, HandIn]) -> None:
        """Have lines of the chat log of a session that is or was yours kept. Lines that are kept are passed over."""
        await self._chat_logs.hand_in(asked.person, asked.number(), asked.body, asked.now)

    @call("GET", "/sessions/{id}/chat", Scope.SESSIONS_READ, serves=True)
    async def read_chat(self, asked: Asked[NoQuery, NoBody]) -> list[KeptLine]:
        """Read what was kept of the chat of a session that is yours, also what colleagues wrote before you had it."""
        return await self._chat_logs.read(asked.person, asked.number())

    @call("POST", "/sessions/{id}/hold", Scope.SESSIONS_WRITE, serves=True)
    async def hold(self, asked: Asked[NoQuery, NoBody]) -> Session:
        """Interrupt a session. Nothing is seen or controlled until you pick it up again."""
        await self._permissions.check(asked.person, "hold")
        return await self._sessions.hold(asked.person, asked.number(), asked.now)

    @call("GET", "/transfer-targets", Scope.SESSIONS_READ, serves=True)
    async def transfer_targets(self, asked: Asked[NoQuery, NoBody]) -> TransferTargets:
        """List whom you can hand a session over to at the moment."""
        return await self._transfers.targets(asked.person)

    @call("POST", "/sessions/{id}/transfer", Scope.SESSIONS_WRITE, serves=True)
    async def transfer(self, asked: Asked[NoQuery, NewTransfer]) -> Session:
        """Hand a session over to a technician, a group or a channel. It waits there until one of them picks it up."""
        return await self._transfers.transfer(asked.person, asked.number(), asked.body, asked.now)

    @call("POST", "/sessions/{id}/take-back", Scope.SESSIONS_WRITE, serves=True)
    async def take_back(self, asked: Asked[NoQuery, NoBody]) -> Session:
        """Take back a session that you have handed over and no one has picked up yet."""
        return await self._transfers.take_back(asked.person, asked.number(), asked.now)

    @call("POST", "/sessions/{id}/decline", Scope.SESSIONS_WRITE, serves=True)
    async def decline(self, asked: Asked[NoQuery, NoBody]) -> Session:
        """Send a session back that was handed over to you alone."""
        return await self._transfers.decline(asked.person, asked.number(), asked.now)

    @call("POST", "/sessions/{id}/end", Scope.SESSIONS_WRITE, serves=True)
    async def end(self, asked: Asked[NoQuery, NoBody]) -> Session:
        """End a session."""
        return await self._sessions.end(asked.person, asked.number(), asked.now)
