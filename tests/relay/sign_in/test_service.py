"""Every way in: what is asked after the password, by whom, and what is open before that. On both databases."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from relay.accounts.model import PersonRow
from relay.accounts.rules import Licence, Role
from relay.accounts.service import SignInKind
from relay.credentials.password_strength import Level
from relay.field_errors import FieldError
from relay.limits.rate_limiter import TooOftenError
from relay.organization.units import UnitKind
from relay.sign_in.authentication import WrongSignInError
from relay.sign_in.one_time_codes import DRIFT_STEPS
from relay.sign_in.policies import AddressRule, Policies
from relay.sign_in.service import (
    EnrolmentNeededError,
    Need,
    NotFromHereError,
    PasswordChangeNeededError,
    SecondStepNeededError,
)
from relay.sign_in.two_step import Asker, WrongCodeError, signed_in_asker
from tests.relay.organization.organisations import ADMINISTRATORS, NOW
from tests.relay.sign_in.scenes import ANNA, CONSOLE, PAGE, PASSWORD, Scene

BOB = "bob@northwind.example"
BOTH, NONE = frozenset(Licence), frozenset[Licence]()


@pytest.mark.req("SEC-36", "SEC-40", "EDGE-44")
@pytest.mark.parametrize(
    ("selected", "role", "licences", "asked"),
    [
        ((), Role.ACCOUNT_OWNER, BOTH, False),
        (("administrators",), Role.ACCOUNT_OWNER, NONE, True),
        (("administrators",), Role.MASTER_ADMINISTRATOR, NONE, True),
        (("administrators",), Role.ADMINISTRATOR, NONE, True),
        (("administrators",), Role.TECHNICIAN, BOTH, False),
        (("technicians",), Role.TECHNICIAN, NONE, True),
        (("technicians",), Role.ADMINISTRATOR, NONE, False),
        (("technicians",), Role.ADMINISTRATOR, BOTH, True),
        (("technicians",), Role.MASTER_ADMINISTRATOR, BOTH, True),
        (("administrators", "technicians"), Role.TECHNICIAN, BOTH, True),
    ],
)
def test_who_must_show_a_code(selected: tuple[str, ...], role: Role, licences: frozenset[Licence], asked: bool) -> None:
    rule = AddressRule("granted", ())
    policies = Policies(Level.GOOD, 0, 0, True, frozenset(selected), rule, True, 120)
    assert policies.asks_second_step(role, licences) is asked


@pytest.mark.req("SEC-37", "SEC-38", "SEC-42", "EDGE-42")
async def test_a_selected_user_sets_an_authenticator_up_and_shows_it_from_then_on(scene: Scene) -> None:
    assert (await scene.begin()).need is None
    await scene.choose("two_step.required", ["administrators"])
    half = await scene.begin()
    assert half.need is Need.ENROLMENT
    assert not await scene.is_open(half)
    with pytest.raises(EnrolmentNeededError):
        await scene.console()
    app = await scene.authenticator(1)
    half = await scene.begin()
    assert half.need is Need.CODE
    with pytest.raises(SecondStepNeededError):
        await scene.console()
    with pytest.raises(WrongCodeError):
        await scene.console(code="000000")
    opened = await scene.console(code=app.code(NOW))
    assert await scene.is_open(opened, SignInKind.TOKEN)
    with pytest.raises(WrongCodeError):
        await scene.sign_in.show_code(half.identity, app.code(NOW), PAGE, NOW)
    later = NOW + timedelta(minutes=1)
    opened = await scene.sign_in.show_code(half.identity, app.code(later), PAGE, later)
    assert opened.need is None
    assert await scene.is_open(opened)
    assert not await scene.is_open(half, SignInKind.HALF)
    await scene.choose("two_step.required", [])
    assert (await scene.begin()).need is None
    await scene.choose("two_step.required", ["administrators"])
    assert (await scene.begin()).need is Need.CODE, "the authenticator was kept"


async def test_who_wants_a_second_step_is_asked_although_nobody_demands_it(scene: Scene) -> None:
    app = await scene.authenticator(1, wanted=True)
    assert (await scene.begin()).need is Need.CODE
    assert await scene.is_open(await scene.console(code=app.code(NOW)), SignInKind.TOKEN)


async def test_a_recovery_code_stands_in_for_the_app_once(scene: Scene) -> None:
    app = await scene.authenticator(1, wanted=True)
    assert await scene.is_open(await scene.console(code=app.recovery[3].upper()), SignInKind.TOKEN)
    with pytest.raises(WrongCodeError):
        await scene.console(code=app.recovery[3])
    assert (await scene.two_step.shown(1)).codes_left == 9
    async with scene.place.store.transaction() as transaction:
        new = await scene.two_step.new_codes(transaction, 1, NOW)
    with pytest.raises(WrongCodeError):
        await scene.console(code=app.recovery[4])
    await scene.console(code=new[0])
    bob = await scene.with_password(await scene.place.person("bob", ADMINISTRATORS))
    await scene.authenticator(bob.id, wanted=True)
    with pytest.raises(WrongCodeError):
        await scene.two_step.verify(bob.id, new[1], Asker(PAGE.address), NOW)


async def test_guessing_codes_is_stopped_and_locks_nobody_out(scene: Scene) -> None:
    """F13: who has the password and guesses codes uses up their own tries, not the owner's."""
    app = await scene.authenticator(1, wanted=True)
    half = await scene.begin()
    for _ in range(10):
        with pytest.raises(WrongCodeError):
            await scene.sign_in.show_code(half.identity, "000000", PAGE, NOW)
    with pytest.raises(TooOftenError):
        await scene.sign_in.show_code(half.identity, app.code(NOW), PAGE, NOW)
    near, far = replace(PAGE, address="192.0.2.77"), replace(PAGE, address="198.51.100.9")
    with pytest.raises(TooOftenError):
        await scene.sign_in.show_code(half.identity, app.code(NOW), near, NOW)
    assert (await scene.sign_in.show_code(half.identity, app.code(NOW), far, NOW)).need is None
    assert await scene.is_open(await scene.console(code=app.recovery[0]), SignInKind.TOKEN), "nobody guesses one"


async def test_f6_of_parallel_codes_ten_are_tried(scene: Scene) -> None:
    """F6: 1,461 codes in one go were tried before."""
    await scene.authenticator(1, wanted=True)
    half = await scene.begin()
    codes = [scene.sign_in.show_code(half.identity, f"{code:06d}", PAGE, NOW) for code in range(60)]
    tried = [type(error) for error in await asyncio.gather(*codes, return_exceptions=True)]
    assert (tried.count(WrongCodeError), tried.count(TooOftenError)) == (10, 50)


async def test_f13_all_strangers_together_have_so_many_codes_a_day(scene: Scene) -> None:
    """F13: 300 tries a day from wherever: 3 codes of 10⁶ count at any time, so that is 0.09 %. Then who is known, and
    who has a recovery code, still gets in.
    """
    app, wrong = await scene.authenticator(1, wanted=True), 0
    for network in range(12):
        for number in range(40):
            asker, at = Asker(f"198.51.{network}.1"), NOW + timedelta(minutes=11 * (number // 10))
            with pytest.raises((WrongCodeError, TooOftenError)) as refused:
                await scene.two_step.verify(1, "000000", asker, at)
            wrong += refused.type is WrongCodeError
    later = NOW + timedelta(hours=1)
    assert wrong == 300
    assert wrong * (2 * DRIFT_STEPS + 1) / 10**6 < 0.001
    with pytest.raises(TooOftenError):
        await scene.two_step.verify(1, app.code(later), Asker("203.0.113.9"), later)
    await scene.two_step.verify(1, app.recovery[0], Asker("203.0.113.9"), later)
    await scene.two_step.verify(1, app.code(later), signed_in_asker("203.0.113.9", 7), later)


async def test_f8_addresses_are_measured_before_they_are_read(scene: Scene) -> None:
    """F8: no hash is computed for what is nobody's, and one ligature grows to 18 letters: nothing of it is kept."""
    for email in ("x" * 250 + "@a.example", "\ufdfa" * 250, "\ufdfa" * 100_000):
        with pytest.raises(WrongSignInError):
            await scene.begin(email)
    with pytest.raises(WrongSignInError):
        await scene.begin(ANNA, "x" * 1_001)
    assert scene.passwords.times == 0
    assert scene.authentication._limiter.held_bytes == 0


async def test_half_a_sign_in_ends_after_a_quarter_of_an_hour(scene: Scene) -> None:
    await scene.authenticator(1, wanted=True)
    half = await scene.begin()
    assert await scene.is_open(half, SignInKind.HALF, NOW + timedelta(minutes=14))
    assert not await scene.is_open(half, SignInKind.HALF, NOW + timedelta(minutes=15))
    assert await scene.accounts.sign_ins(1, NOW) == []


async def test_secrets_of_authenticators_are_sealed_and_recovery_codes_are_digests(scene: Scene) -> None:
    app = await scene.authenticator(1)
    async with scene.place.store.transaction() as transaction:
        stored = str(list(await transaction.execute(text("SELECT secret FROM two_step_enrolment"))))
        stored += str(list(await transaction.execute(text("SELECT digest FROM recovery_code"))))
    assert app.secret not in stored
    assert not any(code in stored or code.replace("-", "") in stored for code in app.recovery)


@pytest.mark.req("SEC-31")
async def test_a_password_that_is_too_old_must_be_changed_before_anything_opens(scene: Scene) -> None:
    await scene.choose("password.age", 30)
    assert (await scene.begin(now=NOW + timedelta(days=29))).need is None
    late = NOW + timedelta(days=30)
    half = await scene.begin(now=late)
    assert half.need is Need.PASSWORD
    with pytest.raises(PasswordChangeNeededError):
        await scene.console(now=late)
    with pytest.raises(FieldError) as refused:
        await scene.credentials.choose_after_sign_in(half.identity, "", PASSWORD, late)
    assert refused.value.code == "same"
    await scene.credentials.choose_after_sign_in(half.identity, "", "Roses in the snow 8", late)
    opened = await scene.sign_in.advance(half.identity, PAGE, late)
    assert opened.need is None
    assert await scene.is_open(opened, now=late)
    await scene.console(password="Roses in the snow 8", now=late)


@pytest.mark.req("SEC-22", "SEC-35")
async def test_a_raised_level_is_asked_of_whoever_signs_in_next_the_owner_included(scene: Scene) -> None:
    await scene.choose("password.level", "excellent")
    half = await scene.begin()
    assert half.need is Need.PASSWORD
    with pytest.raises(FieldError) as refused:
        await scene.credentials.choose_after_sign_in(half.identity, "", "Roses in the snow 8", NOW)
    assert refused.value.code == "not_excellent"
    await scene.credentials.choose_after_sign_in(half.identity, "", "Sample1%", NOW)
    assert (await scene.begin(password="Sample1%")).need is None
    await scene.choose("password.level", "good")
    assert (await scene.begin(password="Sample1%")).need is None


@pytest.mark.req("SEC-39")
async def test_the_second_step_comes_before_the_new_password(scene: Scene) -> None:
    app = await scene.authenticator(1, wanted=True)
    await scene.choose("password.level", "excellent")
    half = await scene.begin()
    assert half.need is Need.CODE
    proved = await scene.sign_in.show_code(half.identity, app.code(NOW), PAGE, NOW)
    assert proved.need is Need.PASSWORD
    assert not await scene.is_open(proved)


@pytest.mark.req("SEC-48", "SEC-51", "SEC-52", "SEC-57")
async def test_the_global_rule_holds_from_the_next_request_on(scene: Scene) -> None:
    assert await scene.sign_in.allows("198.51.100.9")
    await scene.choose("addresses.exceptions", ["198.51.100.0/24"])
    assert not await scene.sign_in.allows("198.51.100.9")
    await scene.choose("addresses.access", "denied")
    assert await scene.sign_in.allows("198.51.100.9")
    assert not await scene.sign_in.allows("192.0.2.7")


@pytest.mark.req("SEC-61", "SEC-64", "SEC-65", "SEC-66", "SEC-70", "SEC-71", "EDGE-36")
async def test_a_groups_rule_shuts_its_consoles_and_nothing_else(scene: Scene) -> None:
    europe, asia = await scene.place.group("Europe"), await scene.place.group("Asia")
    inner = await scene.place.group("Utrecht", europe)
    bob = await scene.with_password(await scene.place.person("bob", inner, standard=True))
    opened = await scene.console(BOB)
    for unit in (europe, inner):
        await scene.choose("console_addresses.exceptions", ["192.0.2.0/24"], "technician_group", unit.id)
        with pytest.raises(NotFromHereError):
            await scene.console(BOB)
        with pytest.raises(NotFromHereError):
            await scene.sign_in.identify(opened.secret, CONSOLE.address, NOW)
        await scene.choose("console_addresses.exceptions", [], "technician_group", unit.id)
    await scene.choose("console_addresses.access", "denied", "technician_group", inner.id)
    await scene.choose("console_addresses.exceptions", ["203.0.113.0/24"], "technician_group", inner.id)
    with pytest.raises(NotFromHereError):
        await scene.console(BOB)
    assert await scene.sign_in.identify(opened.secret, "203.0.113.4", NOW) is not None
    assert (await scene.begin(BOB)).need is None, "the page is governed by the global rule alone"
    await scene.place.organisation.move(scene.place.owner, [bob], asia, NOW)
    await scene.console(BOB)


@pytest.mark.req("EDGE-18")
async def test_an_administrator_obeys_every_group_that_he_looks_after_a_master_none(scene: Scene) -> None:
    europe, asia = await scene.place.group("Europe"), await scene.place.group("Asia")
    team = await scene.place.organisation.create(
        scene.place.owner, UnitKind.ADMINISTRATOR_GROUP, ADMINISTRATORS, {"name": "Leads"}, NOW
    )
    await scene.with_password(await scene.place.person("bob", team, standard=True))
    await scene.place.organisation.link(scene.place.owner, [team], asia, NOW)
    await scene.choose("console_addresses.exceptions", ["192.0.2.7/32"], "technician_group", europe.id)
    await scene.console(BOB)
    await scene.place.organisation.link(scene.place.owner, [team], europe, NOW)
    with pytest.raises(NotFromHereError):
        await scene.console(BOB)
    await scene.console()


async def test_whether_somebody_is_known_is_not_told_by_time(scene: Scene) -> None:
    """Each refusal costs one hash, which is nearly all of its time."""
    counts = []
    for email, password in ((ANNA, "wrong"), ("nobody@northwind.example", "wrong"), ("nobody", "")):
        scene.passwords.times = 0
        with pytest.raises(WrongSignInError):
            await scene.begin(email, password)
        counts.append(scene.passwords.times)
    assert counts == [1, 1, 1]


@pytest.mark.req("SEC-21")
async def test_sign_ins_are_noted_but_never_what_may_be_a_password(scene: Scene) -> None:
    await scene.choose("privacy.store_addresses", False)
    await scene.console()
    for email in (ANNA, "bob@northwind.example", PASSWORD):
        with pytest.raises(WrongSignInError):
            await scene.begin(email, "wrong")
    noted = [(row.person_id, row.email, row.component, row.address, row.result) for row in await scene.sign_in_events()]
    assert noted == [
        (1, "", "console", "192.0.2.7", "succeeded"),
        (1, "", "website", "192.0.2.7", "failed"),
        (None, "bob@northwind.example", "website", "192.0.2.7", "failed"),
        (None, "", "website", "192.0.2.7", "failed"),
    ]


async def test_the_language_of_a_page_is_remembered_for_mails(scene: Scene) -> None:
    await scene.begin()
    async with scene.place.store.transaction() as transaction:
        assert (await transaction.get_one(PersonRow, 1)).ui_language == "en"
