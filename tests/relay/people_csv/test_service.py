"""A file of people brought in: each row's fate, all of it or nothing, never beyond one's reach."""

import csv
import io

import pytest

from relay.accounts.model import OrganisationRow
from relay.accounts.rules import Role
from relay.organization.rules import Actor, NotAllowedError
from relay.organization.units import Unit, UnitKind
from relay.people_csv.service import Fate, Import, People
from tests.relay.organization.organisations import ADDRESS, ADMINISTRATORS, NOW, Place


async def bring(place: Place, text: str, actor: Actor | None = None, *, dry_run: bool = False) -> Import:
    """Bring a file in."""
    return await People(place.transactions).bring_in(actor or place.owner, text.encode(), NOW, dry_run=dry_run)


async def exported(place: Place, actor: Actor | None = None) -> list[str]:
    """Return the lines of an export, without the quotes around cells."""
    text = (await People(place.transactions).export(actor or place.owner, NOW)).decode("utf-8-sig")
    return [",".join(row) for row in csv.reader(io.StringIO(text, newline=""))]


def fates(found: Import) -> list[Fate]:
    """Return what becomes of each row."""
    return [outcome.fate for outcome in found.outcomes]


NEW = (
    "kind,name,email,group,status,standard\n"
    "technician,Bob,bob@x.example,Support Europe / Utrecht,enabled,yes\n"
    "administrator,Mia,mia@x.example,,enabled,no\n"
    ",Carl,carl@x.example,support europe,,\n"
)


async def test_new_people_come_into_their_groups(place: Place) -> None:
    europe = await place.group("Support Europe")
    await place.group("Utrecht", europe)
    found = await bring(place, NEW)
    assert (found.kept, fates(found)) == (True, [Fate.CREATED] * 3)
    lines = await exported(place)
    assert "technician,Bob,,bob@x.example,Support Europe / Utrecht,enabled,yes,no,," in lines
    assert "administrator,Mia,,mia@x.example,,enabled,no,no,," in lines
    assert "technician,Carl,,carl@x.example,Support Europe,disabled,no,no,," in lines
    trail = await place.trail()
    assert [event.unit_name for event in trail[-3:]] == ["Bob", "Mia", "Carl"]
    assert len({event.change_id for event in trail[-3:]}) == 1, "one file is one change"


async def test_an_export_brought_in_again_changes_nothing(place: Place) -> None:
    await place.person("=1+1", await place.group("Support Europe"), email="bob@x.example", description="two\nlines")
    before = len(await place.trail())
    content = await People(place.transactions).export(place.owner, NOW)
    assert b"'=1+1" in content
    found = await People(place.transactions).bring_in(place.owner, content, NOW, dry_run=False)
    assert set(fates(found)) == {Fate.UNCHANGED}
    assert len(await place.trail()) == before


async def test_known_people_are_changed_and_moved_and_empty_cells_of_choices_leave_things(place: Place) -> None:
    europe, asia = await place.group("Support Europe"), await place.group("Support Asia")
    bob = await place.person("bob", europe, standard=True)
    text = "email,name,group,status,standard\nBOB@northwind.example,Robert,Support Asia,,\n"
    found = await bring(place, text)
    assert (found.kept, fates(found)) == (True, [Fate.CHANGED])
    shown = await place.organisation.show(place.owner, bob, NOW)
    assert (shown.name, shown.place, shown.values["status"], shown.values["standard"]) == (
        "Robert",
        asia,
        "enabled",
        True,
    )


async def test_a_rehearsal_tells_the_same_and_keeps_nothing(place: Place) -> None:
    await place.group("Utrecht", await place.group("Support Europe"))
    before = await exported(place)
    found = await bring(place, NEW, dry_run=True)
    assert (found.kept, fates(found), dict(found.counts)) == (False, [Fate.CREATED] * 3, {"created": 3})
    assert await exported(place) == before


REFUSED = [
    ("kind,email,name\ntechnician,a@x,A\n", "group"),
    ("email,name,group\nnobody,A,Support Europe\n", "email"),
    ("email,name,group\n,A,Support Europe\n", "email"),
    ("email,name,group\na@x,,Support Europe\n", "name"),
    ("email,name,group\na@x,A,Atlantis\n", "group"),
    ("email,name,group\na@x,A,Twins\n", "group"),
    ("email,name,group,status\na@x,A,Support Europe,asleep\n", "status"),
    ("email,name,group,standard\na@x,A,Support Europe,perhaps\n", "standard"),
    ("email,name,group,kind\na@x,A,Support Europe,king\n", "kind"),
    ("email,kind\nanna@northwind.example,technician\n", "kind"),
    ("email,name,group\na@x,A\u202eB,Support Europe\n", "name"),
    ("email,status\nanna@northwind.example,disabled\n", ""),
]


@pytest.mark.parametrize(("text", "field"), REFUSED)
async def test_one_row_that_cannot_be_keeps_out_the_whole_file(place: Place, text: str, field: str) -> None:
    await place.group("Support Europe")
    await place.group("Twins")
    await place.group("Twins")
    before = await exported(place), len(await place.trail())
    head, row = text.splitlines()
    filler = {"email": "good@x", "name": "Good", "group": "Support Europe", "kind": "technician"}
    good = ",".join(filler.get(column, "") for column in head.split(","))
    found = await bring(place, f"{head}\n{row}\n{good}\n")
    refused = found.outcomes[0]
    assert (found.kept, refused.fate, refused.field, refused.line) == (False, Fate.REFUSED, field, 2)
    assert refused.message
    assert (await exported(place), len(await place.trail())) == before


async def test_an_address_that_stands_there_twice_is_refused_with_its_first_line(place: Place) -> None:
    await place.group("Support Europe")
    found = await bring(place, "email,name,group\na@x,A,Support Europe\nA@X,B,Support Europe\n")
    assert found.outcomes[1].message == "This is already in line 2."
    found = await bring(place, "email,name,group,sso_id\na@x,A,Support Europe,7\nb@x,B,Support Europe,7\n")
    assert (found.kept, found.outcomes[1].field) == (False, "sso_id")


@pytest.mark.req("ORG-30", "ORG-31")
async def test_licences_that_are_not_there_are_not_given(place: Place) -> None:
    await place.group("Support Europe")
    async with place.store.transaction() as transaction:
        (await transaction.get_one(OrganisationRow, 1)).standard_licences = 2
    rows = "".join(f"p{number}@x,P,Support Europe,yes\n" for number in range(2))
    found = await bring(place, f"email,name,group,standard\n{rows}")
    assert (found.kept, fates(found)) == (False, [Fate.CREATED, Fate.REFUSED])


@pytest.mark.req("ORG-19", "ORG-52")
async def test_an_administrator_brings_in_and_takes_out_his_own_people_only(place: Place) -> None:
    europe, asia = await place.group("Support Europe"), await place.group("Support Asia")
    await place.person("carl", asia)
    administrator = await place.administrator("mia", europe)
    for row in (
        "technician,a@x,A,Support Asia",
        "technician,carl@northwind.example,C,Support Europe",
        "administrator,a@x,A,",
        "master_administrator,a@x,A,",
        "administrator,mia@northwind.example,Mia,",
    ):
        found = await bring(place, f"kind,email,name,group\n{row}\n", administrator)
        assert (found.kept, fates(found)) == (False, [Fate.REFUSED]), row
    assert (await bring(place, "email,name,group\na@x,A,Support Europe\n", administrator)).kept
    assert len(await exported(place, administrator)) == 2, "the heading and the one in his group"


async def test_whoever_arranges_nobody_has_no_file(place: Place) -> None:
    europe = await place.group("Support Europe")
    bob = await place.person("bob", europe)
    values = {"name": "Watchers", "rights": "restricted", "allow_reports": True}
    group = await place.organisation.create(place.owner, UnitKind.ADMINISTRATOR_GROUP, ADMINISTRATORS, values, NOW)
    watcher = await place.person("watcher", group)
    for unit, role in (
        (bob, Role.TECHNICIAN),
        (watcher, Role.ADMINISTRATOR),
        (Unit(UnitKind.TECHNICIAN, 99), Role.TECHNICIAN),
    ):
        actor = Actor(unit.id, "x", role, ADDRESS)
        with pytest.raises(NotAllowedError):
            await exported(place, actor)
        for dry_run in (True, False):
            with pytest.raises(NotAllowedError):
                await bring(place, "email\n", actor, dry_run=dry_run)


async def test_a_new_technician_without_a_group_comes_into_the_only_one(place: Place) -> None:
    text = "email,name,group\nbob@x.example,Bob,\nann@x.example,Ann,  \n"
    found = await bring(place, text, dry_run=True)
    assert fates(found) == [Fate.CREATED] * 2
    assert {outcome.group for outcome in found.outcomes} == {"Technician group 1"}, "the preview says where"
    await place.group("Support Asia")
    (first, _second) = (await bring(place, text)).outcomes
    assert (first.fate, first.field) == (Fate.REFUSED, "group")
    assert first.message == "A new technician needs a group. Enter its path, for example Europe / Utrecht."


async def test_the_only_group_is_that_of_the_administrators_own(place: Place) -> None:
    europe = await place.group("Support Europe")
    await place.group("Support Asia")
    lead = await place.administrator("Lead", europe)
    found = await bring(place, "email,name\nbob@x.example,Bob\n", lead)
    assert (found.kept, fates(found), found.outcomes[0].group) == (True, [Fate.CREATED], "Support Europe")
