"""People as a file: everybody out of the relay, and a file brought in after a look at what it would change.

The page of a preview carries the file and what was seen, so the relay keeps nothing of it until it is confirmed.
"""

import base64
import binascii
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from multidict import MultiDict

from codec.errors import DesksideError
from relay.admin.base import AdminBase, Visit, see
from relay.admin.error_texts import said
from relay.admin.receipts import Receipts
from relay.organization.audit import Change
from relay.organization.fields import fields_of
from relay.people_csv.service import Fate, Import, People, RowResult
from relay.people_csv.table import COLUMNS, KINDS, MAX_BYTES, MAX_ROWS, BadTableError
from relay.reports.audit import ACTIONS
from relay.settings.sentences import Sentence, Translate
from relay.texts import _

PATH = "/admin/people"
MAX_POSTED = 2 * MAX_BYTES
"""A file in base64, and what was seen of each row."""
MOST_SHOWN = 300
"""So many rows of one fate are drawn; the others are counted."""
FATES: Mapping[Fate, str] = {
    Fate.REFUSED: _("Refused"),
    Fate.CREATED: _("Added"),
    Fate.CHANGED: _("Changed"),
    Fate.UNCHANGED: _("Unchanged"),
}
"""In the order of the preview: what needs a hand comes first."""
_COLUMNS: Mapping[str, str] = {
    "kind": _("{kinds}. If empty, unchanged or a technician"),
    "name": _("The name that colleagues see"),
    "nickname": _("The name that customers see"),
    "email": _("Identifies the person (required)"),
    "group": _("The path of a group, for example {example}. If empty, their current or the only group"),
    "status": _("enabled or disabled"),
    "standard": _("Licence: yes or no"),
    "mobile": _("Licence for phones: yes or no"),
    "sso_id": _("Single sign-on ID"),
    "description": _("Notes for administrators"),
}
_SEEN = re.compile(r"(?:[0-9]{1,9}:[0-9]{1,9}(?:,[0-9]{1,9}:[0-9]{1,9})*)?")


@dataclass(frozen=True)
class Row:
    """One line of the preview. `changes` are what, from what, to what; `problems` are why it is refused."""

    line: int
    name: str
    email: str
    fate: str
    group: str
    changes: tuple[tuple[str, str, str], ...]
    problems: tuple[str, ...]


class PeopleFilePage:
    """Draws it."""

    def __init__(self, base: AdminBase, people: People, receipts: Receipts) -> None:
        self._base = base
        self._people = people
        self._receipts = receipts

    def routes(self) -> list[web.RouteDef]:
        """Return the routes to add."""
        return [
            self._base.shown(PATH, self._show),
            self._base.shown(PATH + "/file", self._send),
            self._base.posted(PATH + "/preview", self._preview, most=MAX_POSTED),
            self._base.posted(PATH + "/confirm", self._confirm, most=MAX_POSTED),
        ]

    async def _show(self, visit: Visit) -> web.Response:
        return await self._draw(visit, None)

    async def _send(self, visit: Visit) -> web.Response:
        content = await self._people.export(visit.actor, visit.now)
        headers = {"Content-Disposition": "attachment; filename=people.csv", "Cache-Control": "no-store"}
        return web.Response(body=content, content_type="text/csv", charset="utf-8", headers=headers)

    async def _preview(self, visit: Visit) -> web.Response:
        try:
            content = _file_of(visit)
            found = await self._people.bring_in(visit.actor, content, visit.now, dry_run=True)
        except BadTableError as error:
            return await self._draw(visit, error)
        return await self._draw_rows(visit, content, found)

    async def _confirm(self, visit: Visit) -> web.Response:
        try:
            content, seen = _file_of(visit), read_seen(visit.form.get("seen", ""))
            found = await self._people.bring_in(visit.actor, content, visit.now, dry_run=False, seen=seen)
        except BadTableError as error:
            return await self._draw(visit, error)
        if not found.kept:
            return await self._draw_rows(visit, content, found, is_late=True)
        counts = found.counts
        details = tuple(f"{visit.say(label)} {counts[fate]}" for fate, label in FATES.items() if counts.get(fate))
        text = visit.say(_("Imported"))
        return see(visit, PATH + self._receipts.give(visit.identity.person.id, text, details, at=visit.now))

    async def _draw(self, visit: Visit, error: DesksideError | None) -> web.Response:
        words = {"kinds": ", ".join(KINDS), "example": "Europe / Utrecht"}
        facts: dict[str, Any] = {
            "columns": [(column, visit.say(_COLUMNS[column]).format(**words)) for column in COLUMNS],
            "most_rows": MAX_ROWS,
            "most": MAX_BYTES // 1024 // 1024,
            "problem": said(error, visit.say) if error else "",
            "receipt": self._receipts.take(visit.request.query.get("done", ""), visit.identity.person.id),
        }
        return await self._base.draw_part(
            visit, "people", 422 if error else 200, title=visit.say(_("People as a file")), **facts
        )

    async def _draw_rows(self, visit: Visit, content: bytes, found: Import, *, is_late: bool = False) -> web.Response:
        """Show what becomes of each row; `is_late` after a confirmation that was refused."""
        refused = found.counts.get(Fate.REFUSED, 0)
        facts: dict[str, Any] = {
            "parts": _parts(found, visit.say),
            "is_refused": bool(refused),
            "is_late": is_late,
            "is_nothing": not any(found.counts.get(fate) for fate in (Fate.CREATED, Fate.CHANGED)),
            "file": base64.b64encode(content).decode(),
            "seen": write_seen(found.seen),
        }
        title = visit.say(_("What this file would change"))
        return await self._base.draw_part(visit, "people_preview", 422 if refused else 200, title=title, **facts)


def write_seen(seen: Mapping[int, int]) -> str:
    """Return what was seen, as a field of a form."""
    return ",".join(f"{line}:{version}" for line, version in seen.items())


def read_seen(text: str) -> dict[int, int]:
    """Return what was seen. Raises BadTableError for what no preview has written."""
    if not _SEEN.fullmatch(text):
        raise BadTableError(Sentence(_("The preview was damaged. Choose the file again.")))
    pairs = (pair.split(":") for pair in text.split(",") if pair)
    return {int(line): int(version) for line, version in pairs}


def _file_of(visit: Visit) -> bytes:
    """Return the file: as it was chosen, or as the preview carries it. Raises BadTableError."""
    if content := visit.files.get("file"):
        return content
    return _carried(visit.form)


def _carried(form: MultiDict[str]) -> bytes:
    try:
        content = base64.b64decode(form.get("file", ""), validate=True)
    except (binascii.Error, ValueError):
        raise BadTableError(Sentence(_("The preview was damaged. Choose the file again."))) from None
    if not content:
        raise BadTableError(Sentence(_("Choose a file that is not empty.")))
    return content


def _parts(found: Import, say: Translate) -> list[tuple[str, str, int, list[Row]]]:
    """Return the rows by their fate: its key and name, how many there are, and those that are drawn."""
    parts = []
    for fate, label in FATES.items():
        rows = [each for each in found.outcomes if each.fate is fate]
        if rows:
            drawn = [] if fate is Fate.UNCHANGED else rows[:MOST_SHOWN]
            parts.append((fate.value, say(label), len(rows), [_row(each, say) for each in drawn]))
    return parts


def _row(outcome: RowResult, say: Translate) -> Row:
    problems = tuple(f"{field}: {said(error, say)}" if field else said(error, say) for field, error in outcome.problems)
    changes = tuple(_changes(outcome.changes, say)) if outcome.fate is Fate.CHANGED else ()
    return Row(outcome.line, outcome.name, outcome.email, outcome.fate.value, outcome.group, changes, problems)


def _changes(changes: Iterable[Change], say: Translate) -> Iterable[tuple[str, str, str]]:
    for change in changes:
        fields = fields_of(change.unit.kind)
        label = fields[change.field].label if change.field in fields else _("Place")
        old, new = (
            change.old_value or say(ACTIONS[change.old_action]),
            change.new_value or say(ACTIONS[change.new_action]),
        )
        yield say(label), old, new
