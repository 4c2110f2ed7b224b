"""Mails about events of accounts: which, to whom, in which language, with what in them. On both databases."""

from datetime import timedelta
from email.message import EmailMessage

import pytest

from relay.accounts.model import PersonRow
from relay.accounts.rules import Role, Status
from relay.field_errors import FieldError
from relay.notifications.events import LABELS, Event
from relay.organization.audit import Done
from relay.organization.details import Details, Shown
from relay.organization.rules import ChangedMeanwhileError, NotAllowedError
from relay.organization.units import Unit, UnitKind
from relay.sign_in.authentication import WrongSignInError
from tests.relay.organization.organisations import ADDRESS, ADMINISTRATORS, MASTERS, NOW, actor_for
from tests.relay.sign_in.scenes import ANNA, PASSWORD, Scene, text_of

LATER = NOW + timedelta(minutes=5)
NEW = "Roses in the snow 8"


def subjects(mails: list[EmailMessage]) -> list[str]:
    """Return what mails are about, and to whom."""
    return sorted(f"{mail['To']}: {mail['Subject']}" for mail in mails)


@pytest.mark.req("SEC-01", "SEC-02", "EDGE-46")
async def test_nothing_is_chosen_at_first_and_only_masters_choose(scene: Scene) -> None:
    await scene.begin()
    assert await scene.mails(LATER) == []
    group = await scene.place.group("Desk")
    bob = await scene.place.person("bob", group)
    lead = await scene.place.administrator("lead", group)
    for actor in (lead, actor_for(bob, "bob", Role.TECHNICIAN)):
        with pytest.raises(NotAllowedError):
            await scene.notifications.choose(actor, [Event.LOGIN_FAILED], NOW)
    await scene.notifications.choose(scene.place.owner, [Event.LOGIN_FAILED, Event.TECHNICIAN_ADDED], NOW)
    await scene.notifications.choose(scene.place.owner, [Event.TECHNICIAN_ADDED, Event.LOGIN_SUCCEEDED], NOW)
    assert await scene.notifications.chosen(1) == {Event.TECHNICIAN_ADDED, Event.LOGIN_SUCCEEDED}
    trail = [event for event in await scene.place.trail() if event.section == "notifications"]
    assert [(event.field, event.new_action) for event in trail if event.field == LABELS[Event.LOGIN_FAILED]] == [
        (LABELS[Event.LOGIN_FAILED], "selected"),
        (LABELS[Event.LOGIN_FAILED], "not_selected"),
    ]
    assert await scene.mails(LATER) == [], "choosing is in the trail only"


@pytest.mark.req("SEC-03", "SEC-04", "SEC-15", "EDGE-47")
async def test_sign_ins_are_told_failed_ones_together(scene: Scene) -> None:
    await scene.subscribe(Event.LOGIN_SUCCEEDED, Event.LOGIN_FAILED)
    await scene.begin()
    (mail,) = await scene.mails()
    assert mail["To"] == ANNA
    for expected in ("Someone signed in", "Wednesday, November 25, 2026", "Anna de Vries", "192.0.2.7"):
        assert expected in text_of(mail), expected
    for _ in range(3):
        with pytest.raises(WrongSignInError):
            await scene.begin(password="not it")
    with pytest.raises(WrongSignInError):
        await scene.begin(PASSWORD, "wrong")
    assert await scene.mails() == [], "they wait for more of their kind"
    known, unknown = sorted(await scene.mails(LATER), key=lambda mail: "How often" not in text_of(mail))
    assert "How often: 3" in text_of(known)
    assert "Affected: Anna de Vries" in text_of(known)
    assert "Affected: –" in text_of(unknown)
    assert PASSWORD not in text_of(unknown), "what stood in the field of the address may be a password"
    with pytest.raises(WrongSignInError):
        await scene.begin(password="not it", now=LATER)
    assert len(await scene.mails(LATER + timedelta(minutes=5))) == 1


@pytest.mark.req("SEC-07", "SEC-08", "SEC-09", "SEC-10", "SEC-11", "SEC-12", "SEC-13", "EDGE-01")
async def test_people_who_come_change_and_go_are_told_of(scene: Scene) -> None:
    await scene.subscribe(*(event for event in Event if not event.startswith("login")))
    organisation, owner, group = scene.place.organisation, scene.place.owner, await scene.place.group("Desk")
    draft = await organisation.create(owner, UnitKind.TECHNICIAN, group, {"name": "New technician"}, NOW)
    await organisation.edit(owner, draft, 1, {"name": "Bob"}, NOW)
    assert await scene.mails() == [], "nobody is there before name and address are"
    await organisation.edit(owner, draft, 2, {"email": "bob@northwind.example"}, LATER)
    assert subjects(await scene.mails(LATER)) == [f"{ANNA}: A technician was added"]
    lead = await scene.place.person("lead", ADMINISTRATORS)
    assert subjects(await scene.mails(LATER)) == [f"{ANNA}: An administrator was added"]
    at = LATER + timedelta(minutes=5)
    await organisation.edit(owner, draft, 3, {"nickname": "Bobby"}, at)
    await organisation.edit(owner, lead, 1, {"description": "Nights"}, at)
    assert subjects(await scene.mails(at)) == [
        f"{ANNA}: A technician’s details were changed",
        f"{ANNA}: An administrator’s details were changed",
    ]
    await scene.credentials.set_for(owner, draft, NEW, at)
    (mail,) = await scene.mails(at)
    assert (mail["Subject"], NEW in mail.as_string()) == ("A password was changed", False)
    chloe = await scene.place.person("chloe", group)
    await scene.mails(at)
    await organisation.delete(owner, [draft, chloe, lead], at)
    mails = await scene.mails(at)
    assert subjects(mails) == [f"{ANNA}: Administrators were removed", f"{ANNA}: Technicians were removed"]
    assert any("Affected: Bob, chloe" in text_of(mail) for mail in mails), "one mail names all"


@pytest.mark.req("SEC-05", "SEC-06")
async def test_details_of_the_organisation_are_events_of_their_own(scene: Scene) -> None:
    await scene.subscribe(Event.CONTACT_CHANGED, Event.BILLING_CHANGED)
    details, owner = Details(scene.place.transactions), scene.place.owner
    await details.save(owner, 1, {"contact_details": "Desk 4\r\nphone 12", "billing_details": ""}, NOW)
    (mail,) = await scene.mails()
    assert mail["Subject"] == "Contact details were changed"
    assert "phone 12" not in text_of(mail)
    with pytest.raises(ChangedMeanwhileError, match="Anna de Vries"):
        await details.save(owner, 1, {"contact_details": "Desk 5"}, NOW)
    await details.save(owner, 1, {"billing_details": "VAT 7"}, NOW)
    assert subjects(await scene.mails()) == [f"{ANNA}: Billing details were changed"]
    assert await details.show(owner, NOW) == Shown("Northwind IT", "Desk 4\nphone 12", "VAT 7", 3)
    lead = await scene.place.administrator("lead", await scene.place.group("Desk"))
    with pytest.raises(NotAllowedError):
        await details.show(lead, NOW)
    with pytest.raises(FieldError):
        await details.save(owner, 3, {"contact_details": "x" * 4_001}, NOW)


@pytest.mark.req("SEC-14", "SEC-15")
async def test_each_master_hears_what_he_chose_in_his_language_unless_he_is_disabled(scene: Scene) -> None:
    boris, clara = await scene.place.person("boris", MASTERS), await scene.place.person("clara", MASTERS)
    lead = await scene.place.person("lead", ADMINISTRATORS)
    async with scene.place.store.transaction() as transaction:
        (await transaction.get_one(PersonRow, boris.id)).ui_language = "nl"
    for person in (1, boris.id, clara.id, lead.id):
        await scene.subscribe(Event.TECHNICIAN_ADDED, person=person)
    await scene.place.organisation.set_status(scene.place.owner, [clara], Status.DISABLED, NOW)
    await scene.place.person("bob", await scene.place.group("Desk"))
    mails = {mail["To"]: mail for mail in await scene.mails()}
    assert set(mails) == {ANNA, "boris@northwind.example"}
    assert mails[ANNA]["Subject"] == "A technician was added"
    assert mails["boris@northwind.example"]["Subject"] == "Er is een technicus toegevoegd"
    assert ADDRESS in text_of(mails["boris@northwind.example"])


async def test_what_is_undone_is_not_told(scene: Scene) -> None:
    await scene.subscribe(Event.TECHNICIAN_ADDED)
    group = await scene.place.group("Desk")
    with pytest.raises(RuntimeError):
        async with scene.place.transactions.change(scene.place.owner, NOW) as work:
            work.record(Unit(UnitKind.TECHNICIAN, 1), "Anna", Done.DELETE)
            raise RuntimeError
    await scene.place.organisation.preview_drag(
        scene.place.owner, [await scene.place.person("bob", group)], await scene.place.group("Other"), NOW
    )
    assert subjects(await scene.mails()) == [f"{ANNA}: A technician was added"]


@pytest.mark.finding("use-B10")
async def test_that_a_customer_disowned_a_technician_is_kept_each_time_and_told_together(scene: Scene) -> None:
    """Strangers may repeat it as often as they like, so that the mails are joined."""
    await scene.subscribe(Event.CUSTOMER_DISOWNED)
    bob = await scene.place.person("bob", await scene.place.group("Desk"))
    for _ in range(3):
        async with scene.place.store.transaction() as transaction:
            technician = await transaction.get_one(PersonRow, bob.id)
            await scene.notifications.disowned(transaction, technician, "192.0.2.9", NOW)
    (mail,) = await scene.mails(LATER)
    for expected in ("not who they spoke to", "bob", "192.0.2.9"):
        assert expected in text_of(mail), expected
    trail = [event for event in await scene.place.trail() if event.field == LABELS[Event.CUSTOMER_DISOWNED]]
    assert [event.unit_kind for event in trail] == ["technician"] * 3


async def test_an_administrator_whom_a_customer_disowned_is_in_the_audit_trail_as_what_they_are(scene: Scene) -> None:
    async with scene.place.store.transaction() as transaction:
        owner = await transaction.get_one(PersonRow, scene.place.owner.person)
        await scene.notifications.disowned(transaction, owner, "192.0.2.9", NOW)
    (event,) = [each for each in await scene.place.trail() if each.field == LABELS[Event.CUSTOMER_DISOWNED]]
    assert (event.unit_kind, event.unit_id) == ("master_administrator", scene.place.owner.person)
