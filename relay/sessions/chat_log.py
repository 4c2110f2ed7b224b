"""The chat logs that technicians' consoles hand in, kept for the next technician and for the organization's reports."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from codec.errors import DesksideError
from codec.wire.chat_log import HandIn, KeptLine, LoggedLine, Who
from relay.secret import SealBrokenError, Sealer
from relay.sessions.model import ChatLineRow, LegRow, SessionRow
from relay.sessions.moves import NoSuchSessionError
from relay.store.database import Store

MOST_LINES = 5_000
MOST_BYTES = 2 * 1024 * 1024
"""So many lines and bytes of one technician's part are kept: what a former one hands in takes no room of the next."""
READ_LINES = 1_000
READ_BYTES = 512 * 1024
"""What an answer carries at most: the latest lines, and no more text."""
TAKEN_AFTER_END = timedelta(hours=12)
"""So long after a technician's part ended their console may still hand in what it could not before."""
KeepsChat = Callable[[int], Awaitable[bool]]
"""Says of a technician whether their group keeps what is written."""


class ChatLogFullError(DesksideError):
    """The chat log of this session is full. What is written from now on is not kept."""


class _Content(msgspec.Struct, frozen=True, omit_defaults=True):
    text: str = ""
    detail: str = ""


class ChatLogs:
    """Keeps them. Of a group that keeps no chat only that something happened is kept, never what was written."""

    def __init__(self, store: Store, sealer: Sealer, keeps: KeepsChat) -> None:
        self._store = store
        self._sealer = sealer
        self._keeps = keeps

    async def hand_in(self, person: int, session: int, handed_in: HandIn, now: datetime) -> None:
        """Keep these lines of a technician's part in a session. Raises NoSuchSessionError or ChatLogFullError.

        Those of this log that are kept already are passed over, so a console may repeat what was not answered.
        """
        keeps = await self._keeps(person)
        async with self._store.transaction() as transaction:
            leg = await _latest_leg(transaction, person, session)
            if leg is None or (leg.ended_at is not None and now - leg.ended_at > TAKEN_AFTER_END):
                raise NoSuchSessionError(NoSuchSessionError.__doc__)
            fresh = await self._fresh(transaction, leg, handed_in, keeps)
            rows = [self._row(leg, handed_in.log, line, now) for line in fresh]
            if not await _has_room(transaction, leg, rows):
                raise ChatLogFullError(ChatLogFullError.__doc__)
            transaction.add_all(rows)

    async def read(self, person: int, session: int) -> list[KeptLine]:
        """Return the latest of what was kept, for the technician who has the session. Raises NoSuchSessionError."""
        async with self._store.reading() as reading:
            row = await reading.get(SessionRow, session)
            if row is None or row.person_id != person:
                raise NoSuchSessionError(NoSuchSessionError.__doc__)
            query = (
                select(ChatLineRow, LegRow.name)
                .join(LegRow, LegRow.id == ChatLineRow.leg_id)
                .where(ChatLineRow.session_id == session)
                .order_by(ChatLineRow.at.desc(), ChatLineRow.id.desc())
                .limit(READ_LINES)
            )
            lines = [self._line(line, name) for line, name in await reading.execute(query)]
        return latest(lines)

    async def _fresh(self, transaction: AsyncSession, leg: LegRow, handed_in: HandIn, keeps: bool) -> list[LoggedLine]:
        numbers = select(ChatLineRow.number).where(ChatLineRow.leg_id == leg.id, ChatLineRow.log == handed_in.log)
        known = set(await transaction.scalars(numbers))
        lines = {line.number: line for line in handed_in.lines if line.number not in known}
        return [line for line in lines.values() if keeps or (line.who is Who.SYSTEM and not line.text)]

    def _row(self, leg: LegRow, log: int, line: LoggedLine, now: datetime) -> ChatLineRow:
        content = msgspec.json.encode(_Content(line.text, line.detail)).decode()
        return ChatLineRow(
            session_id=leg.session_id,
            leg_id=leg.id,
            log=log,
            number=line.number,
            at=within(line.at, leg.began_at, leg.ended_at or now),
            who=line.who.value,
            event=line.event,
            content=self._sealer.seal(content, _owner(leg.session_id)),
        )

    def _line(self, row: ChatLineRow, technician: str) -> KeptLine:
        try:
            content = msgspec.json.decode(self._sealer.open(row.content, _owner(row.session_id)), type=_Content)
        except (SealBrokenError, msgspec.MsgspecError):
            content = _Content()  # sealed with a key that is gone: that there was a line is all that is left
        return KeptLine(
            at=row.at,
            who=Who(row.who),
            log=row.log,
            leg=row.leg_id,
            technician=technician,
            text=content.text,
            event=row.event,
            detail=content.detail,
        )


def latest(newest_first: list[KeptLine]) -> list[KeptLine]:
    """Return as many of the newest lines as an answer carries, in the order in which they were written. Pure."""
    size = 0
    for place, line in enumerate(newest_first):
        size += len(line.text.encode()) + len(line.detail.encode())
        if size > READ_BYTES:
            return newest_first[:place][::-1]
    return newest_first[::-1]


def within(at: datetime, earliest: datetime, latest: datetime) -> datetime:
    """Return the moment that a console names, no earlier and no later than can be: its clock may be wrong. Pure."""
    return min(max(at, earliest), latest)


async def _has_room(transaction: AsyncSession, leg: LegRow, more: list[ChatLineRow]) -> bool:
    kept = select(func.count(), func.coalesce(func.sum(func.length(ChatLineRow.content)), 0)).where(
        ChatLineRow.leg_id == leg.id
    )
    lines, size = (await transaction.execute(kept)).one()
    more_bytes = sum(len(row.content) for row in more)
    return bool(lines + len(more) <= MOST_LINES and size + more_bytes <= MOST_BYTES)


def _owner(session: int) -> str:
    return f"session {session}"


async def _latest_leg(transaction: AsyncSession, person: int, session: int) -> LegRow | None:
    query = (
        select(LegRow)
        .where(LegRow.session_id == session, LegRow.person_id == person)
        .order_by(LegRow.id.desc())
        .limit(1)
    )
    found: LegRow | None = await transaction.scalar(query)
    return found
