"""What a browser posts, as values: the way back from a form. Pure; whether values can be kept is for `validation`.

Names in the form, for a setting `key`: `key` itself, repeated where several can be chosen; `key.1.column` for cells of
a table, rows counted from 1; one line for each entry of a list. Besides: `has` names each setting that the form
offered (an unticked box posts nothing), `reset` those to be taken from above again, `here` those to be kept here even
if they are the same above, `remove` secrets and files to be removed, `mark:key` what stood in the store, `wide` a
section that is saved further than to this unit, as `section:scope`, `confirmed` a yes to what was asked.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from relay.settings.catalogue import Catalogue
from relay.settings.changes import Change
from relay.settings.compound_kinds import File, ListOf, Secret, Table
from relay.settings.declare import Json, Scope
from relay.settings.holders import Holder, Tree
from relay.settings.inheritance import Origin, Stored, held
from relay.settings.kinds import Choice, Number, References, Several, Switch, ValueKind
from relay.settings.validation import RESET

Fields = Mapping[str, Sequence[str]]
"""A posted form: each name and everything that was posted under it."""
MARK = "mark:"
_WHOLE = re.compile(r"-?[0-9]{1,18}\Z")


@dataclass(frozen=True)
class Posted:
    """A posted form. `values` are not checked yet; `here` are those to keep even if they are the same above."""

    values: dict[str, Json]
    seen: dict[str, str]
    here: frozenset[str]
    wide: tuple[str, Scope] | None
    confirmed: bool


def read(catalogue: Catalogue, fields: Fields) -> Posted:
    """Return what was posted. What is not known or not offered is passed over; what is malformed is kept as it came."""
    resets, removed = set(fields.get("reset", ())), set(fields.get("remove", ()))
    values: dict[str, Json] = {}
    for key in dict.fromkeys(fields.get("has", ())):
        if key not in catalogue:
            continue
        kind = catalogue.setting(key).kind
        if key in resets:
            values[key] = RESET
        elif isinstance(kind, (Secret, File)):
            if key in removed:
                values[key] = None
            elif isinstance(kind, Secret) and any(fields.get(key, ())):
                values[key] = fields[key][-1]
        elif not kind.is_elsewhere:
            values[key] = _value(kind, key, fields)
    return Posted(
        values=values,
        seen={name.removeprefix(MARK): given[-1] for name, given in fields.items() if name.startswith(MARK) and given},
        here=frozenset(fields.get("here", ())),
        wide=_wide(fields),
        confirmed=bool(fields.get("confirmed")),
    )


def changed(catalogue: Catalogue, tree: Tree, stored: Stored, unit: Holder, posted: Posted) -> dict[str, Json]:
    """Return only what differs from what holds, so that a form does not copy down everything that is inherited."""
    found = {}
    for key, value in posted.values.items():
        now = held(catalogue, tree, stored, unit, key)
        is_pinned = key in posted.here and now.source is not Origin.HERE
        if value is RESET or is_pinned or catalogue.setting(key).sensitive or not _same(value, now.value):
            found[key] = value
    return found


def changes(unit: Holder, posted: Posted, values: Mapping[str, Json]) -> list[Change]:
    """Return what to save: the wide section first, with its reach; then what else was changed, for this unit."""
    if posted.wide is None:
        return [Change(unit, values, seen=posted.seen, confirmed=posted.confirmed)]
    section, scope = posted.wide
    inside = {key: value for key, value in values.items() if key.startswith(f"{section}.")}
    rest = {key: value for key, value in values.items() if key not in inside}
    found = [Change(unit, inside, scope, posted.seen, posted.confirmed, (section,))]
    return [*found, Change(unit, rest, seen=posted.seen, confirmed=posted.confirmed)] if rest else found


def _value(kind: ValueKind, name: str, fields: Fields) -> Json:
    given = fields.get(name, ())
    match kind:
        case Switch():
            return bool(given)
        case Number():
            return _number(given[-1] if given else "")
        case Several():
            return list(given)
        case References():
            numbers = [_number(each) for each in given if each]
            return sorted(numbers) if all(isinstance(each, int) for each in numbers) else numbers
        case ListOf():
            lines = "\n".join(given).splitlines()
            return [_number(line) if isinstance(kind.item, Number) else line for line in lines if line.strip()]
        case Table():
            return _rows(kind, name, fields)
    return given[-1].replace("\r\n", "\n") if given else ""


def _rows(kind: Table, name: str, fields: Fields) -> list[dict[str, Json]]:
    numbers = _numbers(name, fields)
    numbers = list(range(1, kind.most + 1)) if kind.fixed else numbers
    rows = [_row(kind, f"{name}.{number}", fields) for number in numbers]
    return rows if kind.fixed else [row for row in rows if any(_is_written(kind, *cell) for cell in row.items())]


def _row(kind: Table, name: str, fields: Fields) -> dict[str, Json]:
    """Return one row; a number that nobody wrote is left to its default."""
    cells = {column.name: _value(column.kind, f"{name}.{column.name}", fields) for column in kind.columns}
    return {column: cell for column, cell in cells.items() if cell is not None}


def _numbers(name: str, fields: Fields) -> list[int]:
    """Return the rows of which anything was posted, in their order."""
    start = re.compile(re.escape(name) + r"\.([0-9]{1,4})\.")
    return sorted({int(found[1]) for found in map(start.match, fields) if found})


def _is_written(kind: Table, name: str, cell: Json) -> bool:
    """A row counts when someone wrote something in it; boxes and drop-down lists have a value from the start."""
    column = next(column for column in kind.columns if column.name == name)
    return not isinstance(column.kind, (Switch, Choice)) and cell not in ("", [])


def _number(text: str) -> Json:
    stripped = text.strip()
    if not stripped:
        return None
    return int(stripped) if _WHOLE.match(stripped) else stripped


def _wide(fields: Fields) -> tuple[str, Scope] | None:
    section, _colon, scope = (fields.get("wide") or [""])[-1].partition(":")
    return (section, Scope(scope)) if scope in set(Scope) else None


def _same(value: Json, now: Json) -> bool:
    return value == now and isinstance(value, bool) == isinstance(now, bool)
