"""The notes that technicians write on a session while it is theirs (CONS-61, CONS-62)."""

from codec.wire.api_types import Session
from relay.sessions.custom_fields import plain
from relay.sessions.model import SessionRow
from relay.sessions.queues import Deed
from relay.sessions.service import Sessions


async def write_notes(sessions: Sessions, person: int, session: int, notes: str) -> Session:
    """Keep these notes in the place of those before. Raises NoSuchSessionError, EndedError or HandedOverError."""
    kept = plain_lines(notes)

    def change(row: SessionRow) -> None:
        row.notes = kept

    return await sessions.edit(person, session, change, Deed.WORK)


def plain_lines(text: str) -> str:
    """Return a text of several lines, without characters that cannot be seen. Pure."""
    return "\n".join(plain(line) for line in text.splitlines()).strip()
