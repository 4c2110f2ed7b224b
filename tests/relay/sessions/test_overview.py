"""The list of open sessions: whose are shown to whom, in which order, and how it is paged."""

from dataclasses import dataclass
from datetime import timedelta
from itertools import product

import pytest

from codec.wire.api_types import SessionState, TargetKind
from codec.wire.session_types import SessionType
from relay.organization.rules import Actor, NotAllowedError
from relay.organization.units import Unit, UnitKind
from relay.sessions.model import TransferRow
from relay.sessions.moves import EndedError, NoSuchSessionError
from relay.sessions.overview import PAGE, Order, listed
from relay.sessions.rows import new_session
from relay.sessions.supervision import Supervision
from tests.relay.organization.organisations import NOW, TECHNICIANS, Place

CHANNELS = Unit(UnitKind.CHANNELS)


@dataclass(frozen=True)
class Made:
    """A session that a test has made, and what it has to do with whom."""

    id: int
    holder: Unit | None
    channel: int | None
    target: Unit | None


@dataclass
class Desks:
    """Two desks, one with a night shift below it. Channel 1 is the first one's, 2 the second's, 3 both’s."""

    place: Place
    groups: dict[str, Unit]
    people: dict[str, Unit]
    group_of: dict[Unit | None, Unit]
    made: list[Made]

    def groups_of_channel(self, channel: int | None) -> set[Unit]:
        """Return who serves it."""
        north, south = self.groups["north"], self.groups["south"]
        return {1: {north}, 2: {south}, 3: {north, south}}.get(channel or 0, set())

    def below(self, group: Unit) -> set[Unit]:
        """Return a group with what is in it."""
        return {group, self.groups["night"]} if group == self.groups["north"] else {group}

    def concerns(self, groups: set[Unit], each: Made) -> bool:
        """Whether a session is one of these groups: what the query says in SQL, said once more."""
        if each.holder is None and self.groups_of_channel(each.channel) & groups:
            return True
        targets = {each.target, self.group_of.get(each.target)} | (
            self.groups_of_channel(each.target.id) if each.target and each.target.kind is UnitKind.CHANNEL else set()
        )
        return bool({self.group_of.get(each.holder)} & groups or targets & groups)

    def of_unit(self, unit: Unit, each: Made) -> bool:
        """Whether a session is one of a unit's."""
        match unit.kind:
            case UnitKind.TECHNICIANS:
                return True
            case UnitKind.CHANNELS:
                return each.channel is not None or (each.target is not None and each.target.kind is UnitKind.CHANNEL)
            case UnitKind.CHANNEL:
                return unit.id == each.channel or unit == each.target
            case UnitKind.TECHNICIAN_GROUP:
                return self.concerns(self.below(unit), each)
            case _:
                return unit in (each.holder, each.target)

    async def numbers(self, actor: Actor, unit: Unit) -> set[int]:
        """Return the sessions that someone is shown, from all pages."""
        found: set[int] = set()
        async with self.place.transactions.look(actor, NOW) as work:
            page = 1
            while (shown := await listed(work, unit, Order.STATE, page)).lines:
                found |= {line.id for line in shown.lines}
                if page == shown.pages:
                    break
                page += 1
        return found


async def desks(place: Place) -> Desks:
    """Make them, with a session of every kind that there is."""
    groups = {name: await place.group(name) for name in ("north", "south")}
    groups["night"] = await place.group("night", groups["north"])
    people = {name: await place.person(f"{name}s", groups[name]) for name in groups}
    for channel, served in ((1, ("north",)), (2, ("south",)), (3, ("north", "south"))):
        for name in served:
            await place.organisation.link(place.owner, [Unit(UnitKind.CHANNEL, channel)], groups[name], NOW)
    group_of: dict[Unit | None, Unit] = {people[name]: groups[name] for name in groups}
    owner = Unit(UnitKind.MASTER_ADMINISTRATOR, 1)
    channels = [Unit(UnitKind.CHANNEL, number) for number in (1, 2, 3)]
    made: list[Made] = []
    async with place.store.transaction() as transaction:
        for holder, way, target in product(
            (None, owner, *people.values()), (None, 1, 2, 3), (None, *people.values(), *groups.values(), *channels)
        ):
            row = new_session(NOW, f"customer {len(made)}", session_type=SessionType.STANDARD)
            row.person_id, row.channel_id, row.method = None if holder is None else holder.id, way, "pin"
            row.state = SessionState.WAITING if holder is None else SessionState.ACTIVE
            transaction.add(row)
            await transaction.flush()
            if target is not None:
                transfer = TransferRow(
                    session_id=row.id, by_person_id=1, by_name="", kind=_KINDS[target.kind], target_id=target.id,
                    target_name="", comment="", at=NOW, outcome="", ended_by="",
                )  # fmt: skip
                transaction.add(transfer)
                await transaction.flush()
                row.state, row.transfer_id = SessionState.TRANSFERRING, transfer.id
            made.append(Made(row.id, holder, way, target))
    return Desks(place, groups, people, group_of, made)


_KINDS = {
    UnitKind.TECHNICIAN: TargetKind.TECHNICIAN,
    UnitKind.TECHNICIAN_GROUP: TargetKind.GROUP,
    UnitKind.CHANNEL: TargetKind.CHANNEL,
}


@pytest.mark.req("SESS-141", "SESS-146", "SESS-149")
async def test_administrators_see_and_reach_the_sessions_of_their_units_and_no_others(place: Place) -> None:
    it = await desks(place)
    lead = await place.administrator("lead", it.groups["north"])
    night = await place.administrator("chief", it.groups["night"])
    idle = await place.administrator("idle")
    units = [TECHNICIANS, CHANNELS, *it.groups.values(), *it.people.values(), Unit(UnitKind.CHANNEL, 3)]
    supervision = Supervision(place.store, place.transactions, None, None)  # type: ignore[arg-type]  # it only looks
    for actor, groups in (
        (place.owner, None),
        (lead, it.below(it.groups["north"])),
        (night, {it.groups["night"]}),
        (idle, set[Unit]()),
    ):
        theirs = {each.id for each in it.made if groups is None or it.concerns(groups, each)}
        for unit in units:
            group = it.group_of.get(unit, unit)
            if groups is not None and group in it.group_of.values() and group not in groups:
                with pytest.raises(NotAllowedError):
                    await it.numbers(actor, unit)
                continue
            expected = {each.id for each in it.made if it.of_unit(unit, each)} & theirs
            assert await it.numbers(actor, unit) == expected, (actor.name, unit)
        for each in it.made[::7]:
            if each.id in theirs:
                assert (await supervision.look_at(actor, each.id, NOW)).line.id == each.id
            else:
                with pytest.raises(NoSuchSessionError):
                    await supervision.look_at(actor, each.id, NOW)


async def test_technicians_and_those_who_only_report_see_nothing(place: Place) -> None:
    it = await desks(place)
    technician = Actor(it.people["north"].id, "norths", None, "127.0.0.1")
    with pytest.raises(NotAllowedError):
        await it.numbers(technician, TECHNICIANS)


@pytest.mark.req("SESS-142", "SESS-143", "SESS-144")
async def test_two_thousand_sessions_come_in_pages_each_once_and_in_order(place: Place) -> None:
    group = await place.group("north")
    person = await place.person("vera", group)
    async with place.store.transaction() as transaction:
        for number in range(2_001):
            row = new_session(NOW + timedelta(seconds=number), f"C{number % 700:04}", session_type=SessionType.STANDARD)
            row.person_id, row.method, row.state = person.id, "pin", SessionState.WAITING
            transaction.add(row)
        done = new_session(NOW, "done", session_type=SessionType.STANDARD)
        done.person_id, done.method, done.state = person.id, "pin", SessionState.TIMED_OUT
        transaction.add(done)
    async with place.transactions.look(place.owner, NOW) as work:
        for order, backwards in product(Order, (False, True)):
            pages = [await listed(work, group, order, page, backwards=backwards) for page in (1, 2, 21)]
            assert [len(page.lines) for page in pages] == [PAGE, PAGE, 1]
            assert (pages[0].count, pages[0].pages) == (2_001, 21)
            assert len({line.id for page in pages for line in page.lines}) == 2 * PAGE + 1
        names = [line.customer for line in (await listed(work, group, Order.CUSTOMER, 1)).lines]
        assert names == sorted(names)
        first = (await listed(work, group, Order.SINCE, 1, backwards=True)).lines[0]
        assert (first.customer, first.technician, first.channel) == (f"C{2_000 % 700:04}", "vera", None)
        assert (await listed(work, group, Order.STATE, 99)).page == 21, "a page too far is the last one"
    with pytest.raises(EndedError):
        await Supervision(place.store, place.transactions, None, None).look_at(place.owner, done.id, NOW)  # type: ignore[arg-type]
