"""The fields of sessions edited in the list, by technicians whose group permits it (CONS-91)."""

from codec.wire.api_types import Session
from codec.wire.custom_fields import CUSTOM_FIELDS
from relay.permissions.service import Permissions
from relay.sessions.custom_fields import FieldsOfPeople, checked, stored
from relay.sessions.model import SessionRow
from relay.sessions.service import Sessions


class SessionFields:
    """Edits them. `fields` gives what the groups of people use."""

    def __init__(self, sessions: Sessions, permissions: Permissions, fields: FieldsOfPeople) -> None:
        self._sessions = sessions
        self._permissions = permissions
        self._fields = fields

    async def edit(self, person: int, session: int, field: int, value: str) -> Session:
        """Change one of the six; everyone who sees the session sees it at once.

        Raises NotPermittedError, FieldError, NoSuchSessionError or EndedError.
        """
        await self._permissions.check(person, "inline_edit")
        known = (await self._fields([person]))[person].fields
        values = ["", *("",) * CUSTOM_FIELDS]
        values[field] = value
        new = checked(values, known, is_new=False)[field]

        def change(row: SessionRow) -> None:
            if row.entered is None:
                row.entered = [row.name, *row.custom_fields]
            if field == 0:
                row.name = new
                return
            custom = [*row.custom_fields, *("",) * (CUSTOM_FIELDS - len(row.custom_fields))]
            custom[field - 1] = new
            row.custom_fields = stored(custom)

        return await self._sessions.edit(person, session, change)
