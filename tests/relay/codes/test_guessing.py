"""Guessing at a real relay, over real sockets, all at once: F6, F8, F13 of the audit."""

import asyncio
import threading
from collections import Counter
from pathlib import Path
from typing import Any, Literal

import aiohttp
import pytest
from argon2 import PasswordHasher

from codec.wire.api_types import Method
from codec.wire.pins import LONG_DIGITS, SHORT_DIGITS, grouped
from codec.wire.signals import APPLET_PATH, Enter, Entered, Missed, Refusal, Refused, read_to_applet, write
from relay.codes.rules import MAX_LIVE
from relay.credentials.password_hashing import STRANGERS, Passwords
from tests.support.relays import EMAIL, PASSWORD, RunningRelay, enter_with, running_relay
from tests.support.waiting import eventually

PROXIED: dict[str, Any] = {"trusted_proxies": ["127.0.0.0/8"]}


def came_from(address: str) -> dict[str, str]:
    """Return what a listed proxy says of a caller."""
    return {"X-Forwarded-For": address}


async def entered(relay: RunningRelay, first: Enter, address: str) -> Entered | Refused:
    """Come in from an address."""
    async with relay.http.ws_connect(relay.url + APPLET_PATH, headers=came_from(address)) as socket:
        await socket.send_str(write(first))
        heard = read_to_applet(await socket.receive_str(timeout=30))
        assert isinstance(heard, Entered | Refused)
        return heard


async def test_f6_of_pins_through_sockets_that_were_opened_before_ten_are_tried(relay: RunningRelay) -> None:
    """F6: 1,500 PINs were tried from one address in 5 s, because each was counted only after it was looked up."""
    sockets = [await relay.http.ws_connect(relay.url + APPLET_PATH) for _ in range(50)]
    await asyncio.gather(
        *(socket.send_str(write(Enter(1, pin=f"{number:06d}"))) for number, socket in enumerate(sockets))
    )
    answers = [read_to_applet(await socket.receive_str(timeout=30)) for socket in sockets]
    reasons = Counter(answer.reason for answer in answers if isinstance(answer, Refused))
    assert reasons == {Refusal.UNKNOWN: 10, Refusal.TOO_MANY: 40}
    for socket in sockets:
        await socket.close()


async def test_f6_of_pins_on_the_page_ten_are_tried(relay: RunningRelay) -> None:
    async def typed(number: int) -> str:
        async with relay.http.post(f"{relay.url}/start", data={"pin": f"{number:06d}"}) as response:
            return await response.text()

    pages = await asyncio.gather(*map(typed, range(60)))
    assert sum("No technician has this PIN" in page for page in pages) == 10
    assert sum("Too many wrong attempts" in page for page in pages) == 50


@pytest.mark.usefixtures("without_delays")
async def test_f6_of_parallel_passwords_no_more_than_the_limit_are_tried(relay: RunningRelay) -> None:
    """F6: 183 were tried, and some died as 500 "database is locked"."""
    guess = {"email": EMAIL, "password": "still not it"}
    answers = await asyncio.gather(*(relay.call("POST", "/sign-in", guess) for _ in range(60)))
    statuses = Counter(status for status, _ in answers)
    assert statuses.keys() <= {401, 429, 503}
    assert 10 <= statuses[401] <= 30


async def test_f13_wrong_pins_from_many_addresses_close_the_relay_to_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F13: 200 wrong PINs from 20 addresses refused every customer for ten minutes, with the right PIN or a link."""
    monkeypatch.setattr("relay.codes.service.TURN_SECONDS", 0.01)
    async with running_relay(tmp_path, **PROXIED) as relay:
        codes = [await relay.make_code(method) for method in (Method.PIN, Method.LINK) * 2]
        crowd = [
            asyncio.ensure_future(entered(relay, Enter(1, pin=f"{number:06d}"), f"198.51.{number % 21}.7"))
            for number in range(210)
        ]
        await asyncio.wait(crowd, return_when=asyncio.FIRST_COMPLETED)
        for code in codes[:2]:
            assert isinstance(await entered(relay, enter_with(code), "203.0.113.9"), Entered), "in the midst of it"
        reasons = Counter(heard.reason for heard in await asyncio.gather(*crowd) if isinstance(heard, Refused))
        assert reasons.total() == 210
        assert reasons.keys() == {Refusal.UNKNOWN, Refusal.BUSY}
        for code in codes[2:]:
            assert isinstance(await entered(relay, enter_with(code), "203.0.113.10"), Entered), "and after it"


async def test_f13_old_links_and_pins_hold_nothing_against_their_technician(tmp_path: Path) -> None:
    """F13: twenty openings of a link that had ended closed all codes of its technician for an hour."""
    async with running_relay(tmp_path, **PROXIED) as relay:
        for method in (Method.PIN, Method.LINK):
            old = await relay.make_code(method)
            await relay.call("DELETE", f"/codes/{old.id}")
            for number in range(25):
                heard = await entered(relay, enter_with(old), f"198.51.100.{number % 5}")
                assert heard == Refused(Refusal.CANCELLED)
        for method in (Method.PIN, Method.LINK):
            code = await relay.make_code(method)
            assert isinstance(await entered(relay, enter_with(code), "203.0.113.9"), Entered)


async def test_f13_a_link_lets_in_where_pins_were_guessed(relay: RunningRelay) -> None:
    """F13: nobody guesses 144 bits; a customer who shares an address with a guesser comes in by link."""
    for number in range(12):
        async with relay.applet(Enter(1, pin=f"{number:06d}")) as applet:
            refused = await applet.hear()
    assert refused.reason is Refusal.TOO_MANY
    async with relay.applet(enter_with(await relay.make_code(Method.LINK))) as applet:
        await relay.enter(applet)


async def test_right_pins_are_not_held_against_their_address(relay: RunningRelay) -> None:
    """Many customers behind one address come in one after the other."""
    for _ in range(12):
        async with relay.applet(enter_with(await relay.make_code())) as applet:
            await relay.enter(applet)


@pytest.mark.parametrize("letter", ["x", "\ufdfa"])
async def test_f8_long_addresses_leave_nothing_in_memory(relay: RunningRelay, letter: str) -> None:
    """F8: 38 MB of attempts left 1 GB; here each is refused before it is normalised, hashed or kept."""
    body = {"email": letter * 400 + "@a.example", "password": "wrong"}
    answers = await asyncio.gather(*(relay.call("POST", "/sign-in", body) for _ in range(50)))
    assert {status for status, _ in answers} <= {400, 401}
    form = {"email": letter * 400 + "@a.example", "password": "wrong"}
    async with relay.http.post(f"{relay.url}/sign-in", data=form) as response:
        assert response.status == 422
        assert "is not right" in await response.text()


async def test_f13_strangers_who_guess_a_password_keep_its_owner_out_nowhere(tmp_path: Path) -> None:
    """F13: after ten wrong passwords by e-mail the owner was refused at any address for ten minutes."""
    async with running_relay(tmp_path, **PROXIED) as relay:
        right, url = {"email": EMAIL, "password": PASSWORD}, f"{relay.url}/api/v1/sign-in"

        async def sign_in(address: str, **said: str) -> tuple[int, Any]:
            async with relay.http.post(url, json=right | said, headers=came_from(address)) as response:
                return response.status, await response.json()

        device = (await sign_in("203.0.113.9"))[1]["device"]
        statuses = [(await sign_in("198.51.100.7", password="wrong"))[0] for _ in range(10)]
        assert statuses == [401] * 10
        assert (await sign_in("203.0.113.20", device=device))[0] == 200
        assert (await sign_in("203.0.113.30"))[0] == 200


@pytest.mark.usefixtures("without_delays")
async def test_f13_a_browser_remembers_that_somebody_has_signed_in(relay: RunningRelay) -> None:
    form = {"email": EMAIL, "password": PASSWORD}
    async with relay.http.post(f"{relay.url}/sign-in", data=form, allow_redirects=False) as response:
        cookie = response.cookies["deskside-device"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Strict", "/")
    wrong = form | {"password": "wrong"}
    for _ in range(30):
        async with relay.http.post(f"{relay.url}/sign-in", data=wrong | {"email": "nobody@a.example"}) as response:
            assert "is not right" in await response.text()
    async with relay.http.post(f"{relay.url}/sign-in", data=form, allow_redirects=False) as response:
        assert response.status == 422, "this address has tried too often"
    kept = {"deskside-device": cookie.value}
    async with relay.http.post(f"{relay.url}/sign-in", data=form, cookies=kept, allow_redirects=False) as response:
        assert response.status == 303


class HeldHasher(PasswordHasher):
    """A hasher whose work takes as long as the test wants, and who came to it in which order."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.is_held = False
        self.began: list[str] = []
        self.may_end = threading.Semaphore(0)

    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:  # noqa: A002  (named so there)
        """Wait for the test, then verify."""
        if self.is_held:
            self.began.append(str(password))
            self.may_end.acquire()
        return super().verify(hash, password)


async def test_f6_a_crowd_of_sign_ins_from_one_address_delays_another_by_a_moment(tmp_path: Path) -> None:
    """F6: 200 sign-ins in parallel kept the workers busy for 35 s, and nobody else signed in."""
    passwords = Passwords(hasher := HeldHasher())
    async with running_relay(tmp_path, passwords=passwords, **PROXIED) as relay:
        waiting, url = passwords._strangers, f"{relay.url}/api/v1/sign-in"

        async def sign_in(email: str, password: str, address: str) -> int:
            said = {"email": email, "password": password}
            async with relay.http.post(url, json=said, headers=came_from(address)) as response:
                return response.status

        hasher.is_held = True
        crowd = [
            asyncio.ensure_future(sign_in(f"nobody{number}@a.example", "crowd", "198.51.100.7")) for number in range(60)
        ]
        await eventually(lambda: waiting.waiting == 30 - STRANGERS)
        other = asyncio.ensure_future(sign_in(EMAIL, PASSWORD, "203.0.113.9"))
        await eventually(lambda: waiting.waiting == 31 - STRANGERS)
        for _ in range(STRANGERS):
            hasher.may_end.release()
        await eventually(lambda: len(hasher.began) == 2 * STRANGERS)
        assert hasher.began.index(PASSWORD) <= STRANGERS + 1, "one turn of the crowd comes before, not its whole line"
        hasher.may_end.release(60)
        assert await other == 200
        assert Counter(await asyncio.gather(*crowd)) == {401: 30, 429: 30}


@pytest.mark.finding("load-1.5")
async def test_no_password_is_looked_at_for_those_who_gave_up_and_the_others_are_told_when_to_come(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Consoles that had given up were hashed for all the same, and came again: 35 of 150 got in."""
    monkeypatch.setattr("relay.credentials.password_hashing.PLACES", 8)
    passwords = Passwords(hasher := HeldHasher())
    async with running_relay(tmp_path, passwords=passwords, **PROXIED) as relay:
        hasher.is_held = True
        waiting, url = passwords._strangers, f"{relay.url}/api/v1/sign-in"

        async def sign_in(number: int, http: aiohttp.ClientSession) -> tuple[int, int]:
            said = {"email": EMAIL, "password": PASSWORD if number < 0 else f"wrong {number}"}
            async with http.post(url, json=said, headers=came_from(f"198.51.{number + 100}.7")) as response:
                return response.status, int(response.headers.get("Retry-After", "0"))

        async with aiohttp.ClientSession() as impatient:
            first = [asyncio.ensure_future(sign_in(number, impatient)) for number in range(STRANGERS)]
            await eventually(lambda: len(hasher.began) == STRANGERS)
            crowd = [asyncio.ensure_future(sign_in(number, impatient)) for number in range(10, 18)]
            await eventually(lambda: waiting.waiting == 8)
            status, retry = await sign_in(30, relay.http)
            assert status == 503
            assert retry >= 2
            for each in (*first, *crowd):
                each.cancel()
        patient = asyncio.ensure_future(sign_in(-1, relay.http))
        await eventually(lambda: waiting.waiting == 1)
        hasher.may_end.release(20)
        assert (await patient)[0] == 200
    assert len(hasher.began) == STRANGERS + 1
    assert not [record for record in caplog.records if record.exc_info]


async def test_f36_a_technician_has_so_many_codes_at_once(relay: RunningRelay) -> None:
    """F36: 600 PINs were made in 14 s; each of them makes guessing a tenth of a percent easier."""
    answers = await asyncio.gather(
        *(relay.call("POST", "/codes", {"method": method}) for method in ["pin", "link"] * 20)
    )
    assert Counter(status for status, _ in answers) == {201: MAX_LIVE, 409: 40 - MAX_LIVE}
    refused = next(body for status, body in answers if status == 409)
    assert refused["problem"] == "too_many_codes"
    assert "Cancel" in refused["message"]
    made = next(body for status, body in answers if status == 201)
    assert (await relay.call("DELETE", f"/codes/{made['id']}"))[0] == 204
    assert (await relay.call("POST", "/codes", {"method": "pin"}))[0] == 201
    assert (await relay.call("POST", "/codes", {"method": "pin"}))[0] == 409


async def test_f36_many_wrong_pins_are_one_notice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """F36: 1,200 wrong PINs were 1,200 notices for every technician who waited."""
    monkeypatch.setattr("relay.tasks.sweep.SWEEP_SECONDS", 0.05)
    monkeypatch.setattr("relay.codes.failed_attempts.EVERY", 0.5)
    async with running_relay(tmp_path, **PROXIED) as relay, relay.console() as console:
        await relay.make_code()
        await asyncio.gather(
            *(entered(relay, Enter(1, pin=f"{number:06d}"), f"198.51.{number}.1") for number in range(30))
        )
        first, rest = await console.hear_a(Missed), await console.hear_a(Missed)
        assert (first.count, rest.count) == (1, 29)


async def test_f13_while_strangers_guess_new_pins_are_long_and_right_ones_get_in(tmp_path: Path) -> None:
    async with running_relay(tmp_path, **PROXIED) as relay:
        short = await relay.make_code()
        wrong = [entered(relay, Enter(1, pin=f"{number:06d}"), f"198.51.{number}.1") for number in range(60)]
        await asyncio.gather(*wrong)
        long = await relay.make_code()
        assert short.pin is not None
        assert long.pin is not None
        assert (len(short.pin), len(long.pin), long.pin[0]) == (SHORT_DIGITS, LONG_DIGITS, "9")
        for code in (short, long):
            assert isinstance(await entered(relay, enter_with(code), "203.0.113.9"), Entered)
        another = await relay.make_code()
        async with relay.http.post(f"{relay.url}/start", data={"pin": another.pin}) as response:
            assert grouped(another.pin or "", "\u2009") in await response.text()


async def test_f35_a_secret_that_reaches_the_relay_is_neither_used_nor_shown_nor_kept(
    relay: RunningRelay, caplog: pytest.LogCaptureFixture
) -> None:
    """F35: the page sent the four secret digits to the relay."""
    caplog.set_level("DEBUG")
    code = await relay.make_code()
    assert code.pin is not None
    async with relay.http.post(f"{relay.url}/start", data={"pin": f"{code.pin} 7421"}) as response:
        page = await response.text()
    assert response.status == 422
    assert "Enter only the PIN here" in page
    assert "7421" not in page
    assert "7421" not in "".join(record.getMessage() for record in caplog.records if "aiosqlite" not in record.name)
    assert (await relay.call("GET", "/sessions"))[1] == []
