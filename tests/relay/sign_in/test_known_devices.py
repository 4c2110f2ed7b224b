"""F13: strangers' wrong passwords and codes never keep an owner out, on a device that is known or on a new one."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay.limits.fair_queue import BusyError, ShardedTurns, Turns
from relay.limits.rate_limiter import TooOftenError
from relay.secret import Signer
from relay.sign_in.authentication import WrongSignInError
from relay.sign_in.known_devices import BETWEEN, LASTS, MANY, MAX_TEXT, KnownDevices
from relay.sign_in.service import Visitor
from relay.sign_in.throttling import PASSWORDS, SLOW_PLACES
from relay.sign_in.two_step import WrongCodeError
from tests.relay.organization.organisations import ADMINISTRATORS, NOW
from tests.relay.sign_in.scenes import ANNA, PAGE, PASSWORD, Scene
from tests.support.waiting import eventually

BOB = "bob@northwind.example"
DEVICES = KnownDevices(Signer(b"key"))
NEW = replace(PAGE, address="203.0.113.9")


async def signed_in_before(scene: Scene) -> Visitor:
    """Sign in, and return the device that remembers it, elsewhere."""
    admitted = await scene.begin()
    assert admitted.device
    return replace(NEW, device=admitted.device)


async def guess(scene: Scene, number: int, email: str = ANNA) -> type[Exception] | None:
    """A stranger tries a password, each time from another network."""
    try:
        await scene.sign_in.begin(email, "wrong", replace(PAGE, address=f"198.51.{number}.7"), NOW)
    except (WrongSignInError, TooOftenError, BusyError) as error:
        return type(error)
    return None


def slowly(scene: Scene, pause: float) -> Turns:
    """Give passwords beyond the budget a lane that the test can look into."""
    lane = Turns(1, SLOW_PLACES, pause)
    scene.authentication._slow = ShardedTurns(1, lambda: lane)
    return lane


async def test_f13_after_any_number_of_wrong_passwords_the_owner_comes_in(scene: Scene) -> None:
    device = await signed_in_before(scene)
    slowly(scene, 0.0)
    for number in range(40):
        assert await guess(scene, number) is WrongSignInError
    assert (await scene.sign_in.begin(ANNA, PASSWORD, device, NOW)).need is None
    assert (await scene.sign_in.begin(ANNA, PASSWORD, NEW, NOW)).need is None


async def test_f13_on_a_known_device_nobody_waits_for_strangers(scene: Scene) -> None:
    device = await signed_in_before(scene)
    lane = slowly(scene, 3_600.0)
    for number in range(PASSWORDS["account"].misses + 1):
        await guess(scene, number)
    waiting = [asyncio.ensure_future(guess(scene, 100 + number)) for number in range(SLOW_PLACES)]
    await eventually(lambda: lane.waiting == SLOW_PLACES)
    assert await guess(scene, 200) is BusyError, "more than so many do not wait"
    assert (await scene.sign_in.begin(ANNA, PASSWORD, device, NOW)).need is None
    for each in waiting:
        each.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)


async def test_f13_on_a_new_device_the_owner_waits_one_turn_whatever_a_stranger_does(scene: Scene) -> None:
    lane = slowly(scene, 0.01)
    for number in range(PASSWORDS["account"].misses):
        await guess(scene, number)
    await lane.begin("held by the test")
    crowd = [asyncio.ensure_future(guess(scene, 7)) for _ in range(SLOW_PLACES + 3)]
    await eventually(lambda: lane.waiting == SLOW_PLACES)
    owner = asyncio.ensure_future(scene.sign_in.begin(ANNA, PASSWORD, NEW, NOW))
    await eventually(lambda: sum(each.done() for each in crowd) == 4)
    lane.end(0.0)
    assert (await owner).need is None
    assert {await each for each in crowd} == {WrongSignInError, BusyError}


async def test_f6_passwords_that_are_tried_at_once_are_slow_beyond_the_budget(scene: Scene) -> None:
    slowly(scene, 3_600.0)
    tried = [asyncio.ensure_future(guess(scene, number)) for number in range(60)]
    most = 60 - SLOW_PLACES
    await eventually(lambda: sum(each.done() for each in tried) >= most)
    for each in tried:
        each.cancel()
    ended = await asyncio.gather(*tried, return_exceptions=True)
    assert ended.count(WrongSignInError) == PASSWORDS["account"].misses + 1, "one more: the first turn of the slow lane"
    assert ended.count(BusyError) == most - PASSWORDS["account"].misses - 1


async def test_f13_a_device_has_its_own_tries_and_then_those_of_strangers(scene: Scene) -> None:
    device = await signed_in_before(scene)
    lane = slowly(scene, 0.0)
    for _ in range(30):
        with pytest.raises(WrongSignInError):
            await scene.sign_in.begin(ANNA, "wrong", device, NOW)
    assert (await scene.sign_in.begin(ANNA, PASSWORD, device, NOW)).need is None
    assert lane.waiting == 0


async def test_f13_a_device_counts_for_its_own_person_and_password_only(scene: Scene) -> None:
    device = await signed_in_before(scene)
    bob = await scene.with_password(await scene.place.person("bob", ADMINISTRATORS))
    assert await scene.authentication.known_device(1, device.device, NOW) is not None
    assert await scene.authentication.known_device(bob.id, device.device, NOW) is None
    assert await scene.authentication.known_device(1, device.device, NOW + LASTS) is None
    admitted = await scene.sign_in.begin(BOB, PASSWORD, device, NOW)
    for person in (1, bob.id):
        assert await scene.authentication.known_device(person, admitted.device, NOW) is not None
    here = await scene.begin()
    await scene.credentials.change_own(here.identity, PAGE.address, PASSWORD, "Roses in the snow 8", "", NOW)
    assert await scene.authentication.known_device(1, admitted.device, NOW) is None
    assert await scene.authentication.known_device(bob.id, admitted.device, NOW) is not None


async def test_a_device_is_remembered_only_when_all_steps_were_shown(scene: Scene) -> None:
    app = await scene.authenticator(1, wanted=True)
    half = await scene.begin()
    assert half.device == ""
    whole = await scene.sign_in.show_code(half.identity, app.code(NOW), PAGE, NOW)
    assert whole.device != ""


async def test_f13_codes_of_a_known_device_are_its_own(scene: Scene) -> None:
    """Strangers who have the password have used up all codes of the day that strangers have."""
    device, at = await signed_in_before(scene), NOW + timedelta(minutes=5)
    app = await scene.authenticator(1, wanted=True)
    half = await scene.begin()
    for network in range(35):
        for _ in range(10):
            with pytest.raises((WrongCodeError, TooOftenError)):
                await scene.sign_in.show_code(
                    half.identity, "000000", replace(PAGE, address=f"198.51.{network}.7"), NOW
                )
    with pytest.raises(TooOftenError):
        await scene.sign_in.show_code(half.identity, app.code(at), NEW, at)
    assert (await scene.sign_in.show_code(half.identity, app.code(at), device, at)).need is None


@given(st.integers(0, 200), st.sampled_from("0aZ-.~é"))
def test_what_the_relay_did_not_sign_is_nobodys_device(place: int, letter: str) -> None:
    text = DEVICES.remember("", 7, "hash", NOW)
    place %= len(text)
    altered = text[:place] + letter + text[place + 1 :]
    assert (DEVICES.of(altered, 7, "hash", NOW) is None) == (altered != text)


@given(st.text(max_size=300))
def test_whatever_a_device_says_is_read(held: str) -> None:
    assert DEVICES.read(held, NOW) == []


def test_one_browser_is_the_device_of_a_few_people() -> None:
    held = ""
    for person in range(1, 8):
        held = DEVICES.remember(held, person, "hash", NOW)
    assert [each.person for each in DEVICES.read(held, NOW)] == [7, 6, 5, 4]
    assert (len(held.split(BETWEEN)), len(held) <= MAX_TEXT) == (MANY, True)
    name = DEVICES.of(held, 5, "hash", NOW)
    again = DEVICES.of(DEVICES.remember(held, 5, "hash", NOW + timedelta(days=1)), 5, "hash", NOW)
    assert name is not None
    assert again is not None
    assert name.name == again.name, "signing in again gives no fresh tries to who guesses"
    assert DEVICES.of(held, 5, "another hash", NOW) is None


async def test_f21_a_second_step_that_was_reset_ends_known_devices(scene: Scene) -> None:
    """F21: whatever leads in has changed, so what a device remembers of the way in before counts no more."""
    bob = await scene.with_password(await scene.place.person("bob", ADMINISTRATORS))
    app = await scene.authenticator(bob.id, wanted=True)
    half = await scene.begin(BOB)
    whole = await scene.sign_in.show_code(half.identity, app.code(NOW), PAGE, NOW)
    assert await scene.authentication.known_device(bob.id, whole.device, NOW) is not None
    await scene.credentials.reset_two_step(scene.place.owner, bob, NOW)
    assert await scene.authentication.known_device(bob.id, whole.device, NOW) is None
