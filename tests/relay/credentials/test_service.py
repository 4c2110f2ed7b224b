"""Passwords and authenticators, as people change their own and administrators those of others. On both databases."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, event

from codec.errors import DesksideError
from relay.accounts.rules import Role
from relay.accounts.service import SignInKind
from relay.credentials.forgotten_passwords import MANY, ForgottenPasswords
from relay.credentials.invitations import NoAddressError
from relay.credentials.service import LinkRefusedError, NoSecondStepError
from relay.field_errors import FieldError
from relay.limits.rate_limiter import TooOftenError
from relay.organization.rules import NotAllowedError
from relay.organization.units import Unit, UnitKind
from relay.sign_in.authentication import WrongSignInError
from relay.sign_in.operator_recovery import NobodyError, allow_everyone, reset_two_step
from relay.sign_in.service import Need, SecondStepNeededError
from relay.sign_in.two_step import Asker, WrongCodeError
from tests.relay.organization.organisations import ADDRESS, ADMINISTRATORS, MASTERS, NOW, actor_for
from tests.relay.sign_in.scenes import ANNA, PASSWORD, Scene

BOB = "bob@northwind.example"
NEW = "Roses in the snow 8"
ANNA_HERSELF = Unit(UnitKind.MASTER_ADMINISTRATOR, 1)


async def bob_in_a_group(scene: Scene) -> tuple[Unit, Unit]:
    """Make a technician with a password, and return him and his group."""
    group = await scene.place.group("Desk")
    return await scene.with_password(await scene.place.person("bob", group, standard=True)), group


@pytest.mark.req("ORG-26", "EDGE-39")
async def test_ones_own_password_needs_the_present_one_and_ends_all_other_sign_ins(scene: Scene) -> None:
    here, elsewhere, console = await scene.begin(), await scene.begin(), await scene.console()
    with pytest.raises(FieldError) as refused:
        await scene.credentials.change_own(here.identity, ADDRESS, "wrong", NEW, "", NOW)
    assert (refused.value.field, refused.value.code) == ("current", "wrong")
    for password, code in ((PASSWORD, "same"), ("short", "too_short"), ("sample12", "not_good")):
        with pytest.raises(FieldError) as refused:
            await scene.credentials.change_own(here.identity, ADDRESS, PASSWORD, password, "", NOW)
        assert refused.value.code == code
    await scene.credentials.change_own(here.identity, ADDRESS, PASSWORD, NEW, "", NOW)
    assert await scene.is_open(here)
    assert not await scene.is_open(elsewhere)
    assert not await scene.is_open(console, SignInKind.TOKEN)
    assert scene.signed_out == [1]
    assert (await scene.begin(password=NEW)).need is None, "nobody else set it, so nobody has to change it"
    with pytest.raises(WrongSignInError):
        await scene.begin()


async def test_guessing_the_present_password_is_stopped(scene: Scene) -> None:
    here = await scene.begin()
    for _ in range(10):
        with pytest.raises(FieldError):
            await scene.credentials.change_own(here.identity, ADDRESS, "wrong", NEW, "", NOW)
    with pytest.raises(TooOftenError):
        await scene.credentials.change_own(here.identity, ADDRESS, PASSWORD, NEW, "", NOW)


@pytest.mark.req("SEC-39")
async def test_whoever_uses_the_second_step_shows_it_to_change_a_password(scene: Scene) -> None:
    here = await scene.begin()
    app = await scene.authenticator(1, wanted=True)
    with pytest.raises(SecondStepNeededError):
        await scene.credentials.change_own(here.identity, ADDRESS, PASSWORD, NEW, "", NOW)
    with pytest.raises(WrongCodeError):
        await scene.credentials.change_own(here.identity, ADDRESS, PASSWORD, NEW, "000000", NOW)
    await scene.credentials.change_own(here.identity, ADDRESS, PASSWORD, NEW, app.code(NOW), NOW)
    await scene.credentials.forgotten(ANNA, NOW)
    secret, later = await scene.link(), NOW + timedelta(minutes=1)
    with pytest.raises(SecondStepNeededError):
        await scene.credentials.choose(secret, ADDRESS, PASSWORD, "", later)
    await scene.credentials.choose(secret, ADDRESS, PASSWORD, app.code(later), later)


@pytest.mark.req("ORG-25", "SEC-33", "SEC-33a")
async def test_a_password_from_an_administrator_is_changed_before_anything_opens(scene: Scene) -> None:
    bob, _group = await bob_in_a_group(scene)
    before = await scene.console(BOB)
    with pytest.raises(FieldError):
        await scene.credentials.set_for(scene.place.owner, bob, "sample12", NOW)
    await scene.credentials.set_for(scene.place.owner, bob, NEW, NOW)
    assert not await scene.is_open(before, SignInKind.TOKEN)
    half = await scene.begin(BOB, NEW)
    assert half.need is Need.PASSWORD
    with pytest.raises(FieldError) as refused:
        await scene.credentials.choose_after_sign_in(half.identity, "", NEW, NOW)
    assert refused.value.code == "same"
    await scene.credentials.choose_after_sign_in(half.identity, "", PASSWORD, NOW)
    assert (await scene.begin(BOB)).need is None
    await scene.choose("password.change_after_reset", False)
    await scene.credentials.set_for(scene.place.owner, bob, NEW, NOW)
    assert (await scene.begin(BOB, NEW)).need is None
    with pytest.raises(NotAllowedError):
        await scene.credentials.set_for(scene.place.owner, ANNA_HERSELF, NEW, NOW)
    trail = [(event.field, event.new_action, event.old_value + event.new_value) for event in await scene.place.trail()]
    assert ("password", "set", "") in trail
    assert NEW not in str(trail)


@pytest.mark.req("SEC-43", "SEC-44", "SEC-45", "EDGE-45")
async def test_who_may_reset_whose_second_step(scene: Scene) -> None:
    bob, desk = await bob_in_a_group(scene)
    other = await scene.place.group("Elsewhere")
    lead = await scene.place.administrator("lead", desk)
    peer = await scene.place.administrator("peer", desk)
    stranger = await scene.place.administrator("stranger", other)
    master = await scene.place.person("master", MASTERS)
    for person in (bob.id, lead.person, peer.person, master.id, 1):
        await scene.authenticator(person or 0, wanted=True)
    lead_unit, peer_unit = (Unit(UnitKind.ADMINISTRATOR, each.person or 0) for each in (lead, peer))
    refused = [(stranger, bob), (lead, peer_unit), (lead, lead_unit), (lead, master), (lead, ANNA_HERSELF)]
    bobs = actor_for(bob, "bob", Role.TECHNICIAN)
    for actor, unit in [*refused, (bobs, bob)]:
        with pytest.raises(DesksideError):
            await scene.credentials.reset_two_step(actor, unit, NOW)
        assert not await scene.credentials.can_reset_two_step(actor, unit, NOW)
    assert await scene.credentials.can_reset_two_step(lead, bob, NOW)
    await scene.credentials.reset_two_step(lead, bob, NOW)
    assert not await scene.credentials.can_reset_two_step(lead, bob, NOW)
    with pytest.raises(NoSecondStepError):
        await scene.credentials.reset_two_step(lead, bob, NOW)
    for unit in (lead_unit, peer_unit, master):
        await scene.credentials.reset_two_step(scene.place.owner, unit, NOW)


@pytest.mark.req("SEC-43")
async def test_after_a_reset_old_codes_are_worth_nothing_and_a_new_app_is_set_up(scene: Scene) -> None:
    bob, _desk = await bob_in_a_group(scene)
    await scene.choose("two_step.required", ["technicians"])
    app = await scene.authenticator(bob.id)
    opened = await scene.console(BOB, code=app.code(NOW))
    await scene.credentials.reset_two_step(scene.place.owner, bob, NOW)
    assert not await scene.is_open(opened, SignInKind.TOKEN)
    assert scene.signed_out == [bob.id]
    half = await scene.begin(BOB)
    assert half.need is Need.ENROLMENT
    for code in (app.code(NOW + timedelta(minutes=2)), app.recovery[0]):
        with pytest.raises(DesksideError):
            await scene.two_step.verify(bob.id, code, Asker(ADDRESS), NOW + timedelta(minutes=2))
    assert (await scene.authenticator(bob.id)).secret != app.secret


async def test_ones_own_authenticator_is_removed_with_a_code_where_nobody_demands_it(scene: Scene) -> None:
    app, here = await scene.authenticator(1), await scene.begin()
    await scene.choose("two_step.required", ["administrators"])
    with pytest.raises(NotAllowedError):
        await scene.credentials.remove_own_two_step(here.identity, ADDRESS, app.code(NOW), NOW)
    await scene.choose("two_step.required", [])
    with pytest.raises(WrongCodeError):
        await scene.credentials.remove_own_two_step(here.identity, ADDRESS, "000000", NOW)
    await scene.credentials.remove_own_two_step(here.identity, ADDRESS, app.code(NOW), NOW)
    assert not (await scene.two_step.shown(1)).is_set_up


async def test_an_invitation_lets_somebody_choose_a_first_password_once(scene: Scene) -> None:
    bob = await scene.place.person("bob", await scene.place.group("Desk"), standard=True)
    await scene.credentials.invitations.invite(scene.place.owner, bob, NOW)
    first = await scene.link()
    await scene.credentials.invitations.invite(scene.place.owner, bob, NOW)
    secret = await scene.link()
    for wrong in ("", "guess", first):
        with pytest.raises(LinkRefusedError):
            await scene.credentials.choose(wrong, ADDRESS, NEW, "", NOW)
    with pytest.raises(FieldError):
        await scene.credentials.choose(secret, ADDRESS, "sample12", "", NOW)
    await scene.credentials.choose(secret, ADDRESS, NEW, "", NOW)
    with pytest.raises(LinkRefusedError):
        await scene.credentials.choose(secret, ADDRESS, PASSWORD, "", NOW)
    assert (await scene.begin(BOB, NEW)).need is None


async def test_many_invitations_are_listed_with_as_few_questions_as_one(scene: Scene) -> None:
    desk = await scene.place.group("Desk")
    asked: list[str] = []

    async def questions() -> int:
        before = len(asked)
        await scene.credentials.invitations.listed(scene.place.owner, NOW)
        return len(asked) - before

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        asked.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        await scene.credentials.invitations.invite(scene.place.owner, await scene.place.person("bob", desk), NOW)
        for_one = await questions()
        for name in ("carol", "dave", "erin"):
            await scene.credentials.invitations.invite(scene.place.owner, await scene.place.person(name, desk), NOW)
        assert await questions() == for_one > 0
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert len(await scene.credentials.invitations.listed(scene.place.owner, NOW)) == 4


async def test_links_end_and_are_forgotten(scene: Scene) -> None:
    bob, _desk = await bob_in_a_group(scene)
    await scene.credentials.invitations.invite(scene.place.owner, bob, NOW)
    secret, late = await scene.link(), NOW + timedelta(days=7)
    with pytest.raises(LinkRefusedError):
        await scene.credentials.choose(secret, ADDRESS, NEW, "", late)
    await scene.credentials.expire(late)
    with pytest.raises(LinkRefusedError):
        await scene.credentials.choose(secret, ADDRESS, NEW, "", NOW)


async def test_only_who_answers_for_somebody_invites_him_and_only_to_an_address(scene: Scene) -> None:
    bob, _desk = await bob_in_a_group(scene)
    stranger = await scene.place.administrator("stranger", await scene.place.group("Elsewhere"))
    with pytest.raises(NotAllowedError):
        await scene.credentials.invitations.invite(stranger, bob, NOW)
    with pytest.raises(NotAllowedError):
        await scene.credentials.set_for(stranger, bob, NEW, NOW)
    nobody = await scene.place.organisation.create(
        scene.place.owner, UnitKind.ADMINISTRATOR, ADMINISTRATORS, {"name": "New"}, NOW
    )
    with pytest.raises(NoAddressError):
        await scene.credentials.invitations.invite(scene.place.owner, nobody, NOW)


async def test_a_forgotten_password_is_chosen_anew_and_nobody_learns_who_is_known(scene: Scene) -> None:
    bob, _desk = await bob_in_a_group(scene)
    here = await scene.console(BOB)
    await scene.credentials.forgotten("nobody@northwind.example", NOW)
    assert await scene.mails() == []
    await scene.credentials.forgotten(BOB.upper(), NOW)
    await scene.credentials.choose(await scene.link(), ADDRESS, NEW, "", NOW)
    assert not await scene.is_open(here, SignInKind.TOKEN)
    assert (await scene.begin(BOB, NEW)).need is None
    await scene.place.organisation.delete(scene.place.owner, [bob], NOW)
    await scene.credentials.forgotten(BOB, NOW)
    assert await scene.mails() == []


async def test_nobody_fills_a_mailbox_or_asks_for_many(scene: Scene) -> None:
    sent = 0
    for _ in range(5):
        await scene.credentials.forgotten(ANNA, NOW)
        sent += len(await scene.mails())
    assert sent == 3
    asked = ForgottenPasswords(scene.credentials)
    for number in range(MANY + 20):
        asked.ask(f"guess{number}@northwind.example", "192.0.2.0", NOW)
    assert asked._asked.qsize() == 10
    asked.ask("x" * 300 + "@northwind.example", "192.0.2.1", NOW)
    asked.ask(ANNA, "192.0.2.1", NOW)
    assert asked._asked.qsize() == 11, "one network leaves places to the others, and nothing is kept that is too long"


@pytest.mark.req("EDGE-34")
async def test_the_operator_lets_everybody_in_again(scene: Scene) -> None:
    await scene.choose("addresses.access", "denied")
    await scene.choose("addresses.exceptions", ["203.0.113.0/24"])
    assert not await scene.sign_in.allows(ADDRESS)
    assert "every network again" in await allow_everyone(scene.place.store, NOW)
    assert await scene.sign_in.allows(ADDRESS)
    assert "Nothing was in the way" in await allow_everyone(scene.place.store, NOW)
    assert {event.field for event in await scene.place.trail() if event.actor_kind == "system"} == {
        "addresses.access",
        "addresses.exceptions",
    }


@pytest.mark.req("SEC-47")
async def test_the_operator_resets_the_second_step_of_the_last_owner(scene: Scene) -> None:
    await scene.authenticator(1, wanted=True)
    assert (await scene.begin()).need is Need.CODE
    assert "Anna de Vries" in await reset_two_step(ANNA.upper(), scene.place.store, NOW)
    assert (await scene.begin()).need is None
    with pytest.raises(NobodyError):
        await reset_two_step("nobody@northwind.example", scene.place.store, NOW)


@pytest.mark.req("SEC-32", "SEC-34")
async def test_what_pages_say_of_the_policy(scene: Scene) -> None:
    assert await scene.credentials.least() == "good"
    await scene.choose("password.level", "strong")
    assert await scene.credentials.least() == "strong"
    assert await scene.credentials.days_left(1, NOW) is None
    await scene.choose("password.age", 30)
    await scene.choose("password.warn", 7)
    assert await scene.credentials.days_left(1, NOW + timedelta(days=25)) == 5
