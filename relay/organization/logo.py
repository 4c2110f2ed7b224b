"""The organisation's logo: what may be one, where it is kept, and where browsers find it."""

import base64
from datetime import datetime

from sqlalchemy import delete

from relay.accounts.model import LogoRow, OrganisationRow
from relay.field_errors import FieldError
from relay.organization.audit import Action, Done
from relay.organization.rules import Actor, NotAllowedError
from relay.organization.transactions import Transactions
from relay.organization.unit_of_work import UnitOfWork
from relay.organization.units import Unit, UnitKind
from relay.settings.compound_kinds import File
from relay.settings.kinds import ValueProblemError
from relay.settings.uploads import describe
from relay.tasks.news import NewsFollower

KIND = File(("PNG", "JPG", "WEBP"), 200 * 1_024, side=1_024)
"""Pictures that browsers show and that run nothing: no SVG."""
TYPES = {"PNG": "image/png", "JPG": "image/jpeg", "WEBP": "image/webp"}
FIELD = "logo"


class LogoRefusedError(FieldError):
    """The file cannot be the logo; `problem` says why, in the words of the settings."""

    def __init__(self, problem: ValueProblemError) -> None:
        super().__init__(FIELD, problem.code, str(problem.sentence))
        self.problem = problem


class Logos:
    """Keeps the one logo. `path` is where it is, empty while there is none."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions
        self.path = ""

    async def begin(self) -> None:
        """Find out where the logo is."""
        row = await self.read()
        self.path = "" if row is None else _path(row.digest)

    async def read(self) -> LogoRow | None:
        """Return the logo, None where there is none."""
        async with self._transactions.read() as transaction:
            return await transaction.get(LogoRow, 1)

    async def as_data(self) -> str:
        """Return the logo as a data: URL, for programs that show it; empty where there is none."""
        row = await self.read()
        return "" if row is None else f"data:{row.content_type};base64,{base64.b64encode(row.content).decode()}"

    async def save(self, actor: Actor, name: str, content: bytes, now: datetime) -> None:
        """Keep a file as the logo. Raises NotAllowedError or LogoRefusedError."""
        async with self._transactions.look(actor, now) as work:
            _check(work)
        try:
            about = describe(KIND, name, content)
        except ValueProblemError as error:
            raise LogoRefusedError(error) from None
        async with self._transactions.change(actor, now) as work:
            _check(work)
            present = await work.transaction.get(LogoRow, 1)
            if present is not None and present.digest == about["sha256"]:
                return
            await work.transaction.execute(delete(LogoRow))
            row = LogoRow(
                id=1,
                content_type=TYPES[about["format"]],
                content=content,
                digest=about["sha256"],
                width=about["width"],
                height=about["height"],
                set_at=now,
            )
            work.transaction.add(row)
            await _record(work, present is not None, is_set=True)
        self.path = _path(about["sha256"])

    async def remove(self, actor: Actor, now: datetime) -> None:
        """Show no logo any more. Raises NotAllowedError."""
        async with self._transactions.change(actor, now) as work:
            _check(work)
            if await work.transaction.get(LogoRow, 1) is None:
                return
            await work.transaction.execute(delete(LogoRow))
            await _record(work, was_set=True, is_set=False)
        self.path = ""


class LogoNews(NewsFollower):
    """Finds out where the logo is after each change of the organisation, which another relay may have made."""

    purpose = "finding out where the logo is"
    gather_seconds = 0.2

    def __init__(self, logos: Logos) -> None:
        super().__init__()
        self._logos = logos

    async def follow(self) -> None:
        """See NewsFollower."""
        await self._logos.begin()


def _path(digest: str) -> str:
    return f"/logo/{digest[:32]}"


def _check(work: UnitOfWork) -> None:
    if not work.reach.all:
        raise NotAllowedError(NotAllowedError.__doc__)


async def _record(work: UnitOfWork, was_set: bool, is_set: bool) -> None:
    organisation = await work.transaction.get_one(OrganisationRow, 1)
    before, after = (Action.SET if each else Action.NOT_SET for each in (was_set, is_set))
    work.record(
        Unit(UnitKind.ORGANISATION),
        organisation.name,
        Done.EDIT,
        section="organisation",
        field=FIELD,
        old_action=before,
        new_action=after,
    )
