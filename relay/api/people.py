"""People out of and into a file, by the API."""

from aiohttp import web
from msgspec import Struct

from relay.api.calls import Asked, NoBody, NoQuery, call
from relay.api_keys.rules import Scope
from relay.people_csv.service import Fate, People


class HowToImport(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whether a file is only tried out."""

    dry_run: bool = False


class CellProblem(Struct, frozen=True, kw_only=True):
    """What is wrong with one cell."""

    field: str
    message: str


class RowOutcome(Struct, frozen=True, kw_only=True):
    """What becomes of one row: `problems` say why it is refused; `field` and `message` are those of the first."""

    line: int
    email: str
    fate: Fate
    field: str
    message: str
    problems: list[CellProblem]


class Imported(Struct, frozen=True, kw_only=True):
    """What becomes of a file. Unless it was `kept` nothing has changed: it was a dry run, or a row was refused."""

    kept: bool
    counts: dict[str, int]
    rows: list[RowOutcome]


class PeopleApi:
    """The calls."""

    def __init__(self, people: People) -> None:
        self._people = people

    @call("GET", "/people", Scope.ORGANISATION_READ, files=("text/csv",))
    async def export_people(self, asked: Asked[NoQuery, NoBody]) -> web.Response:
        """Return everyone you manage, as CSV."""
        content = await self._people.export(asked.actor, asked.now)
        headers = {"Content-Disposition": "attachment; filename=people.csv", "Cache-Control": "no-store"}
        return web.Response(body=content, content_type="text/csv", charset="utf-8", headers=headers)

    @call("POST", "/people", Scope.ORGANISATION_WRITE)
    async def import_people(self, asked: Asked[HowToImport, bytes]) -> Imported:
        """Create and change the people in a CSV file, all of them or none. `dry_run` only tells what would become.

        With a key nothing that leads to a sign-in: new technicians are disabled until a person enables them.
        """
        found = await self._people.bring_in(asked.actor, asked.body, asked.now, dry_run=asked.query.dry_run)
        return Imported(
            kept=found.kept,
            counts=dict(found.counts),
            rows=[
                RowOutcome(
                    line=each.line,
                    email=each.email,
                    fate=each.fate,
                    field=each.field,
                    message=each.message,
                    problems=[CellProblem(field=field, message=str(error)) for field, error in each.problems],
                )
                for each in found.outcomes
            ],
        )
