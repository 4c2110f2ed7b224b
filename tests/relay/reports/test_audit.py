"""The audit report: whose changes it shows to whom, in order, part by part, in the reader's language."""

import csv
import io
import json
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from relay.accounts.rules import Role
from relay.api_keys.rules import Scope
from relay.api_keys.service import Keys
from relay.organization.model import AuditEventRow
from relay.organization.rules import Actor, NotAllowedError
from relay.organization.units import Unit, UnitKind
from relay.reports.audit import COLUMNS
from relay.reports.declare import Translate
from relay.reports.paging import BATCH
from relay.reports.periods import Period
from relay.reports.service import Format, Reports, UnknownReportError
from relay.web.languages import load_languages
from tests.relay.organization.organisations import ADDRESS, ADMINISTRATORS, NOW, TECHNICIANS, Place

TODAY = Period(date(2026, 11, 25), date(2026, 11, 25))
EVERYTHING = Unit(UnitKind.ORGANISATION)


async def rows(place: Place, unit: Unit, actor: Actor | None = None, period: Period = TODAY) -> list[dict[str, Any]]:
    """Return the report's rows as programs read them."""
    file = await Reports(place.transactions).file(
        actor or place.owner, "audit_list", unit, period, Format.JSON, str, NOW
    )
    found: list[dict[str, Any]] = json.loads(b"".join([chunk async for chunk in file.content]))
    return found


@pytest.mark.req("REP-08", "REP-40")
async def test_the_twelve_columns_say_who_changed_what_and_when(place: Place) -> None:
    europe = await place.group("Support Europe")
    await place.organisation.edit(place.owner, europe, 1, {"name": "Europe"}, NOW + timedelta(minutes=5))
    assert [column.key for column in COLUMNS] == [
        "requested_by",
        "unit_type",
        "unit_id",
        "unit_name",
        "change_type",
        "changed_at",
        "section",
        "field",
        "old_value",
        "old_action",
        "new_value",
        "new_action",
    ]
    made, edited = await rows(place, europe)
    assert (made["change_type"], made["new_action"], made["unit_type"]) == ("add", "added", "technician_group")
    assert (edited["requested_by"], edited["field"], edited["old_value"], edited["new_value"]) == (
        "Anna de Vries",
        "Group name",
        "Support Europe",
        "Europe",
    )
    assert (edited["section"], edited["changed_at"]) == ("General", "2026-11-25T09:05:00+00:00")


@pytest.mark.req("REP-12")
async def test_a_group_includes_what_is_below_it_and_who_was_removed_from_it(place: Place) -> None:
    europe = await place.group("Support Europe")
    utrecht = await place.group("Utrecht", europe)
    asia = await place.group("Support Asia")
    bob = await place.person("bob", utrecht)
    await place.organisation.delete(place.owner, [bob], NOW)
    names = {row["unit_name"] for row in await rows(place, europe)}
    assert names == {"Support Europe", "Utrecht", "bob"}
    assert {row["unit_name"] for row in await rows(place, asia)} == {"Support Asia"}
    assert names < {row["unit_name"] for row in await rows(place, TECHNICIANS)}


@pytest.mark.req("REP-09", "ORG-46", "ORG-19")
async def test_an_administrator_reports_on_his_groups_only(place: Place) -> None:
    europe, asia = await place.group("Support Europe"), await place.group("Support Asia")
    bob, carl = await place.person("bob", europe), await place.person("carl", asia)
    administrator = await place.administrator("mia", europe)
    assert {row["unit_name"] for row in await rows(place, TECHNICIANS, administrator)} >= {"Support Europe", "bob"}
    assert "Support Asia" not in {row["unit_name"] for row in await rows(place, TECHNICIANS, administrator)}
    assert await rows(place, bob, administrator)
    for unit in (
        asia,
        carl,
        EVERYTHING,
        ADMINISTRATORS,
        Unit(UnitKind.CHANNELS),
        Unit(UnitKind.MASTER_ADMINISTRATOR, 1),
    ):
        with pytest.raises(NotAllowedError):
            await rows(place, unit, administrator)


@pytest.mark.req("REP-10")
async def test_members_of_a_reports_only_group_make_reports_and_those_of_command_center_only_do_not(
    place: Place,
) -> None:
    europe = await place.group("Support Europe")
    for open_part, may in (("allow_reports", True), ("allow_command_center", False)):
        values = {"name": open_part, "rights": "restricted", open_part: True}
        group = await place.organisation.create(place.owner, UnitKind.ADMINISTRATOR_GROUP, ADMINISTRATORS, values, NOW)
        person = await place.person(open_part, group)
        await place.organisation.link(place.owner, [person], europe, NOW)
        actor = Actor(person.id, open_part, Role.ADMINISTRATOR, ADDRESS)
        if may:
            assert await rows(place, europe, actor)
        else:
            with pytest.raises(NotAllowedError):
                await rows(place, europe, actor)


async def test_a_technician_makes_no_reports(place: Place) -> None:
    europe = await place.group("Support Europe")
    bob = await place.person("bob", europe)
    actor = Actor(bob.id, "bob", Role.TECHNICIAN, ADDRESS)
    for unit in (bob, europe, TECHNICIANS):
        with pytest.raises(NotAllowedError):
            await rows(place, unit, actor)
    with pytest.raises(NotAllowedError):
        await Reports(place.transactions).offered(actor, NOW)


@pytest.mark.req("REP-27")
async def test_what_concerns_the_company_stands_with_who_did_it_and_with_masters(place: Place) -> None:
    europe = await place.group("Support Europe")
    administrator = await place.administrator("mia", europe)
    mia = Unit(UnitKind.ADMINISTRATOR, administrator.person or 0)
    keys = Keys(place.transactions)
    await keys.make(administrator, "Of Mia", [Scope.REPORTS_READ], None, NOW)
    await keys.make(place.owner, "Of Anna", [Scope.REPORTS_READ], None, NOW)

    async def company(unit: Unit, actor: Actor | None = None) -> set[str]:
        return {row["field"] for row in await rows(place, unit, actor) if row["unit_type"] == "organisation"}

    assert await company(mia) == await company(mia, administrator) == {"Of Mia"}
    assert await company(Unit(UnitKind.MASTER_ADMINISTRATOR, 1)) == {"Of Mia", "Of Anna"}
    assert await company(EVERYTHING) == {"Of Mia", "Of Anna"}
    assert await company(europe) == await company(TECHNICIANS) == set()


@pytest.mark.req("REP-11")
async def test_only_the_moments_of_the_period_count(place: Place) -> None:
    europe = await place.group("Support Europe")
    yesterday = Period(date(2026, 11, 24), date(2026, 11, 24))
    assert await rows(place, europe, period=yesterday) == []
    assert len(await rows(place, europe)) == 1


async def add_events(place: Place, unit: Unit, count: int) -> None:
    """Write many changes at once; every five happened at the same moment."""
    common = {
        "change_id": "many",
        "actor_id": 1,
        "actor_kind": "account_owner",
        "actor_name": "Anna de Vries",
        "address": ADDRESS,
        "level": "unit",
        "unit_kind": unit.kind,
        "unit_id": unit.id,
        "unit_name": "Support Europe",
        "change": "edit",
        "section": "general",
        "field": "description",
        "old_value": "",
        "old_action": "not_set",
        "new_action": "set",
    }
    made = [
        common | {"at": NOW + timedelta(seconds=number // 5), "new_value": f"text {number}"} for number in range(count)
    ]
    async with place.store.transaction() as transaction:
        await transaction.execute(insert(AuditEventRow), made)


async def test_a_long_report_is_read_in_batches_and_loses_no_row(place: Place) -> None:
    europe = await place.group("Support Europe")
    await add_events(place, europe, 2 * BATCH + 3)
    found = await rows(place, europe)
    assert [row["new_value"] for row in found[1:]] == [f"text {number}" for number in range(2 * BATCH + 3)]


async def test_a_writer_is_never_held_up_by_a_slow_reader(place: Place) -> None:
    europe = await place.group("Support Europe")
    await add_events(place, europe, BATCH + 1)
    file = await Reports(place.transactions).file(place.owner, "audit_list", europe, TODAY, Format.CSV, str, NOW)
    await anext(file.content)
    await anext(file.content)
    await place.organisation.edit(place.owner, europe, 1, {"name": "Europe"}, NOW)
    rest = b"".join([chunk async for chunk in file.content])
    assert b"Europe" in rest
    assert b"Group name" not in rest, "what is changed meanwhile comes into the next report"


@pytest.mark.req("REP-37")
async def test_the_screen_gets_it_page_by_page(place: Place) -> None:
    europe = await place.group("Support Europe")
    await add_events(place, europe, 12)
    reports, seen, after = Reports(place.transactions), [], None
    while True:
        page = await reports.page(place.owner, "audit_list", europe, TODAY, str, NOW, after, 5)
        seen += [row[10] for row in page.rows]
        after = page.after
        if after is None:
            break
        assert len(page.rows) == 5
    assert seen == ["Support Europe", *(f"text {number}" for number in range(12))]


@pytest.mark.req("REP-39", "I18N-10")
async def test_titles_and_words_are_in_the_readers_language_and_names_are_not(place: Place) -> None:
    say: Translate = load_languages()["nl"].texts.gettext
    channel = Unit(UnitKind.CHANNEL, 1)
    europe = await place.group("Chat")
    await place.organisation.edit(place.owner, channel, 1, {"name": "Chat"}, NOW)
    file = await Reports(place.transactions).file(place.owner, "audit_list", EVERYTHING, TODAY, Format.CSV, say, NOW)
    assert file.name == "audit_list_organisation_2026-11-25_2026-11-25.csv"
    content = b"".join([chunk async for chunk in file.content]).decode("utf-8-sig")
    titles, *found = csv.reader(io.StringIO(content, newline=""))
    assert (titles[0], titles[5]) == ("Gewijzigd door", "Laatste wijziging")
    assert ["Kanaal", "Chat"] in [[row[1], row[3]] for row in found]
    assert europe.id


async def test_a_report_that_is_not_there_is_named(place: Place) -> None:
    with pytest.raises(UnknownReportError):
        await Reports(place.transactions).file(place.owner, "gossip", EVERYTHING, TODAY, Format.CSV, str, NOW)
