"""People out of and into a file. What is brought in passes the checks of the forms, and is kept whole or not at all."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Any

from sqlalchemy import select

from codec.errors import DesksideError
from relay.accounts.model import LicenceRow, PersonRow
from relay.accounts.rules import Licence, Role, email_key
from relay.field_errors import FieldError
from relay.organization import editing, moving
from relay.organization.audit import Change
from relay.organization.fields import fields_of
from relay.organization.model import AdministratorGroupRow, TechnicianGroupRow
from relay.organization.rules import (
    Actor,
    LastOneError,
    LockedError,
    NoLicenceLeftError,
    NotAllowedError,
    NotThereError,
    Reach,
    WrongPlaceError,
)
from relay.organization.transactions import Transactions
from relay.organization.tree import Forest
from relay.organization.unit_of_work import PARENTS, ROLES, UnitOfWork
from relay.organization.units import Unit, UnitKind
from relay.people_csv.table import BETWEEN_GROUPS, COLUMNS, KINDS, Record, flag, read
from relay.reports.formats.cells import BYTE_ORDER_MARK
from relay.reports.formats.lines import csv_lines
from relay.settings.sentences import SaidError, Sentence, sentence
from relay.texts import _

_ROOTS = {
    UnitKind.TECHNICIAN: UnitKind.TECHNICIANS,
    UnitKind.ADMINISTRATOR: UnitKind.ADMINISTRATORS,
    UnitKind.MASTER_ADMINISTRATOR: UnitKind.MASTER_ADMINISTRATORS,
}
_TEXTS = ("name", "nickname", "email", "sso_id", "description")
_LICENCES = tuple(licence.value for licence in Licence)


class RowError(FieldError):
    """One cell of a row cannot be; `sentence` says why in the reader's language."""

    def __init__(self, field: str, code: str, said: Sentence) -> None:
        super().__init__(field, code, str(said))
        self.sentence = said


class MeanwhileError(SaidError):
    """The person of a row was changed after the preview was drawn."""


_REFUSED = (
    FieldError,
    MeanwhileError,
    NotAllowedError,
    NotThereError,
    NoLicenceLeftError,
    LastOneError,
    LockedError,
    WrongPlaceError,
)


class Fate(StrEnum):
    """What becomes of a row."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True)
class RowResult:
    """What becomes of one row: `changes` of someone known, or why it is refused: all `errors`, `field` and `message`
    of the first.

    `version` is that of the person it is about, 0 for a new one.
    """

    line: int
    email: str
    fate: Fate
    field: str = ""
    message: str = ""
    name: str = ""
    group: str = ""
    version: int = 0
    changes: tuple[Change, ...] = ()
    errors: tuple[DesksideError, ...] = ()

    @property
    def problems(self) -> tuple[tuple[str, DesksideError], ...]:
        """Return everything that is wrong, each with its column."""
        return tuple((getattr(error, "field", ""), error) for error in self.errors)


@dataclass(frozen=True)
class Import:
    """What becomes of a file. `kept` is False after a dry run, and when any row was refused: then nothing changed."""

    kept: bool
    outcomes: tuple[RowResult, ...]

    @property
    def counts(self) -> Mapping[str, int]:
        """Return how many rows have which fate."""
        return Counter(outcome.fate.value for outcome in self.outcomes)

    @property
    def seen(self) -> Mapping[int, int]:
        """Return what the viewer of a dry run has seen: the version behind each line."""
        return {outcome.line: outcome.version for outcome in self.outcomes}


class _RefusedError(DesksideError):
    """A row was refused: nothing of the file is kept."""


class People:
    """Everybody, as a table."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    async def export(self, actor: Actor, now: datetime) -> bytes:
        """Return everybody whom the actor arranges, as CSV. Raises NotAllowedError."""
        async with self._transactions.look(actor, now) as work:
            _check_may_arrange(work)
            places = await _Places.read(work)
            rows = await _rows(work, places)
        return BYTE_ORDER_MARK + csv_lines([list(COLUMNS), *rows])

    async def bring_in(
        self,
        actor: Actor,
        content: bytes,
        now: datetime,
        *,
        dry_run: bool,
        seen: Mapping[int, int] | None = None,
    ) -> Import:
        """Make and change the people of a file, all of them or none. Raises BadTableError or NotAllowedError.

        With what a dry run has `seen`, rows about people who have changed since are refused by name.
        """
        async with self._transactions.look(actor, now) as work:
            _check_may_arrange(work)
        lines = read(content)
        outcomes: list[RowResult] = []
        if dry_run:
            async with self._transactions.dry_run(actor, now) as work:
                outcomes = await _carry_out(work, lines, None)
            return Import(False, tuple(outcomes))
        try:
            async with self._transactions.change(actor, now) as work:
                outcomes = await _carry_out(work, lines, seen)
                if any(outcome.fate is Fate.REFUSED for outcome in outcomes):
                    raise _RefusedError(_RefusedError.__doc__)
        except _RefusedError:
            return Import(False, tuple(outcomes))
        return Import(True, tuple(outcomes))


@dataclass(frozen=True)
class _Places:
    """Groups by their paths, and the paths of groups, for technicians and for administrators."""

    by_path: Mapping[UnitKind, Mapping[str, list[int]]]
    paths: Mapping[UnitKind, Mapping[int, str]]

    @classmethod
    async def read(cls, work: UnitOfWork) -> "_Places":
        tables: tuple[tuple[UnitKind, type[Any], Forest], ...] = (
            (UnitKind.TECHNICIAN, TechnicianGroupRow, work.technician_groups),
            (UnitKind.ADMINISTRATOR, AdministratorGroupRow, work.administrator_groups),
        )
        by_path: dict[UnitKind, Mapping[str, list[int]]] = {}
        paths: dict[UnitKind, Mapping[int, str]] = {}
        for kind, table, forest in tables:
            found = await work.transaction.execute(select(table.id, table.name).where(table.deleted_at.is_(None)))
            names: dict[int, str] = {row.id: row.name for row in found}
            own = {group: BETWEEN_GROUPS.join(names[each] for each in reversed(forest.up(group))) for group in names}
            known: defaultdict[str, list[int]] = defaultdict(list)
            for group, path in own.items():
                known[path.casefold()].append(group)
            by_path[kind], paths[kind] = known, own
        return cls(by_path, paths)

    def named(self, kind: UnitKind, path: str) -> Unit:
        """Return the place that a path names. Raises FieldError."""
        found = self.by_path.get(kind, {}).get(path.strip().casefold(), [])
        if len(found) != 1:
            several = Sentence(_("There are several groups with this name. Rename them first."))
            example = f"Europe{BETWEEN_GROUPS}Utrecht"
            none = sentence(_("There is no such group. Enter its path, for example {example}."), example=example)
            raise RowError("group", "no_such_group", several if found else none)
        group = UnitKind.TECHNICIAN_GROUP if kind is UnitKind.TECHNICIAN else UnitKind.ADMINISTRATOR_GROUP
        return Unit(group, found[0])

    def for_new_technician(self, path: str, reach: Reach) -> tuple[Unit, str]:
        """Return the place of a new technician and its path; without a path, the one group that there is to choose.

        Raises FieldError.
        """
        if path:
            return self.named(UnitKind.TECHNICIAN, path), path
        groups = [group for group in self.paths[UnitKind.TECHNICIAN] if reach.has(group)]
        if len(groups) != 1:
            example = f"Europe{BETWEEN_GROUPS}Utrecht"
            said = _("A new technician needs a group. Enter its path, for example {example}.")
            raise RowError("group", "empty", sentence(said, example=example))
        return Unit(UnitKind.TECHNICIAN_GROUP, groups[0]), self.paths[UnitKind.TECHNICIAN][groups[0]]


def _check_may_arrange(work: UnitOfWork) -> None:
    if not (work.reach.all or (work.reach.may_arrange and (work.reach.groups or work.reach.at_top))):
        raise NotAllowedError(NotAllowedError.__doc__)


async def _rows(work: UnitOfWork, places: _Places) -> list[list[str]]:
    kinds = {role.value: kind for kind, roles in ROLES.items() for role in roles}
    query = select(PersonRow).where(PersonRow.deleted_at.is_(None))
    if not work.reach.all:
        groups = PersonRow.technician_group_id.in_(work.reach.groups)
        query = query.where(groups, PersonRow.role == Role.TECHNICIAN)
    licences: defaultdict[int, set[str]] = defaultdict(set)
    for person, licence in await work.transaction.execute(select(LicenceRow.person_id, LicenceRow.kind)):
        licences[person].add(licence)
    found = []
    for row in await work.transaction.scalars(query.order_by(PersonRow.name, PersonRow.id)):
        kind = kinds[row.role]
        group = work.place_of(kind, row) if kind in PARENTS else None
        cells = {
            "kind": kind.value,
            "group": "" if group is None else places.paths[kind].get(group, ""),
            "status": row.status,
            **{text: getattr(row, text) or "" for text in _TEXTS},
            **{licence: "yes" if licence in licences[row.id] else "no" for licence in _LICENCES},
        }
        found.append([cells[column] for column in COLUMNS])
    return found


async def _carry_out(work: UnitOfWork, lines: list[Record], seen: Mapping[int, int] | None) -> list[RowResult]:
    """Carry out all rows. A refused one does not stop the others, so that all that is wrong is told at once."""
    _check_may_arrange(work)
    await work.know_everybody()
    carrying = _Carrying(work, await _Places.read(work), await _known(work), seen)
    for line in lines:
        await carrying.carry_out(line)
    await carrying.store_new()
    return list(carrying.outcomes.values())


async def _known(work: UnitOfWork) -> dict[str, PersonRow]:
    """Return everybody by address; each is held here, so that nobody is read a second time."""
    found = await work.transaction.scalars(select(PersonRow).where(PersonRow.deleted_at.is_(None)))
    return {row.email_key: row for row in found if row.email_key is not None}


@dataclass
class _Carrying:
    """The rows of one file while they are carried out, one after the other; new people are stored together."""

    work: UnitOfWork
    places: _Places
    known: Mapping[str, PersonRow]
    seen: Mapping[int, int] | None
    outcomes: dict[int, RowResult] = field(default_factory=dict)
    _first: dict[tuple[str, str], int] = field(default_factory=dict)
    _new: list[tuple[Record, editing.Prepared]] = field(default_factory=list)

    async def carry_out(self, line: Record) -> None:
        """Carry out one row, or note why it is refused."""
        person = self.known.get(email_key(line.cells["email"].strip()))
        version, before = 0 if person is None else person.version, len(self.work.changes)
        self._note(line, RowResult(line.number, "", Fate.UNCHANGED, version=version), person)
        try:
            self._check_seen(line, person, version)
            if wrong := self._wrong(line, person):
                self._refuse(line, *wrong)
                return
            fate = await self._carry_out(line, person)
        except _REFUSED as error:
            self._refuse(line, error)
            return
        changes = tuple(self.work.changes[before:])
        self.outcomes[line.number] = replace(self.outcomes[line.number], fate=fate, changes=changes)

    async def store_new(self) -> None:
        """Store the new people."""
        self.work.transaction.add_all(prepared.row for _line, prepared in self._new)
        await self.work.transaction.flush()
        for line, prepared in self._new:
            try:
                await editing.complete(self.work, prepared)
            except _REFUSED as error:
                self._refuse(line, error)

    def _note(self, line: Record, outcome: RowResult, person: PersonRow | None) -> None:
        cells = {key: line.cells.get(key, "").strip() for key in ("email", "name", "group")}
        name = cells["name"] or ("" if person is None else person.name)
        self.outcomes[line.number] = replace(outcome, email=cells["email"], name=name, group=cells["group"])

    def _refuse(self, line: Record, *errors: DesksideError) -> None:
        where = getattr(errors[0], "field", "")
        self.outcomes[line.number] = replace(
            self.outcomes[line.number], fate=Fate.REFUSED, field=where, message=str(errors[0]), errors=errors
        )

    def _wrong(self, line: Record, person: PersonRow | None) -> list[FieldError]:
        """Return what is wrong with the cells of a row, all of it: the file need be corrected only once."""
        found: list[FieldError] = []

        def tried(check: Callable[[], object]) -> object:
            try:
                return check()
            except FieldError as error:
                found.append(error)
                return None

        tried(partial(_check_once, line, self._first))
        kind, group = tried(partial(_kind, line, person)), line.cells.get("group", "").strip()
        if person is None and kind is UnitKind.TECHNICIAN:
            tried(partial(self.places.for_new_technician, group, self.work.reach))
        elif isinstance(kind, UnitKind) and group:
            tried(partial(self.places.named, kind, group))
        for key in _LICENCES:
            tried(partial(_flag, line, key))
        fields, texts = fields_of(kind if isinstance(kind, UnitKind) else UnitKind.TECHNICIAN), _texts(line)
        for key, value in texts.items() if person is not None else {"name": "", **texts}.items():
            tried(partial(fields[key].clean, value))
        first = {error.field: error for error in reversed(found)}
        return list(reversed(first.values()))

    def _check_seen(self, line: Record, person: PersonRow | None, version: int) -> None:
        """Raise MeanwhileError when the person of a row is not what was seen."""
        before = version if self.seen is None else self.seen.get(line.number)
        if before == version:
            return
        said = _("Someone changed {name} in the meantime. Check the preview again.")
        if person is None:
            said = _("Someone removed {name} in the meantime. Check the preview again.")
        elif not before:
            said = _("Someone added {name} in the meantime. Check the preview again.")
        raise MeanwhileError(sentence(said, name=self.outcomes[line.number].name or line.cells["email"].strip()))

    async def _carry_out(self, line: Record, person: PersonRow | None) -> Fate:
        values, work = _values(line), self.work
        kind = _kind(line, person)
        group = line.cells.get("group", "").strip()
        if person is None:
            if kind is UnitKind.TECHNICIAN:
                place, path = self.places.for_new_technician(group, work.reach)
                self.outcomes[line.number] = replace(self.outcomes[line.number], group=path)
            else:
                place = self.places.named(kind, group) if group else Unit(_ROOTS[kind])
            self._new.append((line, await editing.prepare(work, kind, place, values)))
            return Fate.CREATED
        unit = Unit(kind, person.id)
        row = await work.load_own(unit)
        before = len(work.changes)
        if group and (target := self.places.named(kind, group)).id != work.place_of(kind, row):
            await moving.move(work, unit, target)
        await editing.edit(work, unit, row.version, values)
        return Fate.UNCHANGED if len(work.changes) == before else Fate.CHANGED


def _check_once(line: Record, first: dict[tuple[str, str], int]) -> None:
    """Raise FieldError when a row does not say who is meant, or says it of someone whom an earlier row is about."""
    address, single = line.cells["email"].strip(), line.cells.get("sso_id", "").strip()
    if not address:
        said = _("Enter an e-mail address. It identifies the person.")
        raise RowError("email", "empty", Sentence(said))
    for column, key in (("email", email_key(address)), ("sso_id", single)):
        before = first.setdefault((column, key), line.number) if key else line.number
        if before != line.number:
            raise RowError(column, "twice", sentence(_("This is already in line {line}."), line=before))


def _kind(line: Record, person: PersonRow | None) -> UnitKind:
    word = line.cells.get("kind", "").strip().casefold().replace(" ", "_")
    present = None if person is None else next(kind for kind, roles in ROLES.items() if person.role in roles)
    if not word:
        return present or UnitKind.TECHNICIAN
    if word not in {kind.value for kind in KINDS}:
        raise RowError("kind", "not_a_choice", sentence(_("Choose one of: {kinds}."), kinds=", ".join(KINDS)))
    if present is not None and word != present.value:
        said = _("This address belongs to a person of another kind, and a file cannot change the kind.")
        raise RowError("kind", "changed", Sentence(said))
    return UnitKind(word)


def _values(line: Record) -> dict[str, object]:
    """Return what a row says of the fields of its person; cells that say nothing are left out."""
    values = _texts(line)
    for key in _LICENCES:
        chosen = _flag(line, key)
        if chosen is not None:
            values[key] = chosen
    return values


def _texts(line: Record) -> dict[str, object]:
    values: dict[str, object] = {key: line.cells[key] for key in _TEXTS if key in line.cells}
    if line.cells.get("status", "").strip():
        values["status"] = line.cells["status"].strip().casefold()
    return values


def _flag(line: Record, key: str) -> bool | None:
    try:
        return flag(line.cells.get(key, ""))
    except ValueError:
        raise RowError(key, "not_a_choice", Sentence(_("Enter yes or no."))) from None
