"""F22: a console's open socket is asked again whenever a rule changes, and as time passes; on real sockets."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import WSMsgType
from sqlalchemy import update

from codec.wire.signals import (
    CONSOLE_PATH,
    CodeChanged,
    ConsoleSignIn,
    Desk,
    SignedOut,
    SignOutReason,
    TimeLimits,
    read_to_console,
)
from relay.accounts.model import SignInRow
from relay.metrics import Metrics
from relay.sign_in.operator_recovery import reset_two_step
from relay.signalling.hub import Hub
from relay.signalling.rechecks import Rechecks
from relay.signalling.tunnel import Tunnels
from relay.store.database import open_store
from tests.relay.api.offices import Office, running_office
from tests.support.relays import EMAIL, PASSWORD, ConsoleEnd
from tests.support.waiting import eventually

THERE = "198.51.100.9"
SECRET = "hunter2-of-the-recordings"


@pytest_asyncio.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    """An organisation behind a relay that believes a proxy on this computer."""
    async with running_office(tmp_path, trusted_proxies=["127.0.0.0/8"]) as office:
        yield office


@asynccontextmanager
async def console(office: Office, who: str, address: str = "127.0.0.1") -> AsyncIterator[ConsoleEnd]:
    """Open somebody's console at an address; its desk has been read."""
    url, headers = office.relay.url + CONSOLE_PATH, {"X-Forwarded-For": address}
    async with office.relay.http.ws_connect(url, headers=headers) as socket:
        end = ConsoleEnd(socket)
        await end.say(ConsoleSignIn(office.tokens[who], f"console-of-{who}-at-{address}", 1))
        assert isinstance(await end.hear(), Desk)
        yield end


async def is_turned_out(end: ConsoleEnd, reason: SignOutReason) -> None:
    """All that a console hears, but of how long customers may wait, is that it is signed out. Then it is closed."""
    signal: object = None
    while signal is None or isinstance(signal, TimeLimits):
        frame = await end.socket.receive(timeout=5)
        assert frame.type is WSMsgType.TEXT
        assert SECRET not in frame.data
        signal = read_to_console(frame.data)
    assert signal == SignedOut(reason)
    assert (await end.socket.receive(timeout=5)).type in (WSMsgType.CLOSE, WSMsgType.CLOSED, WSMsgType.CLOSING)


async def still_hears(office: Office, who: str, end: ConsoleEnd) -> None:
    """The very next thing that a console hears is of its own work: no rule of theirs has changed."""
    made = await office.call("POST", "/codes", {"method": "pin", "name": ""}, who)
    assert made[0] == 201, made
    while isinstance(signal := await end.hear(), TimeLimits):
        pass  # this says nothing of their work
    assert isinstance(signal, CodeChanged)


async def save(office: Office, path: str, values: dict[str, Any]) -> None:
    """Change settings."""
    status, answer = await office.call("PATCH", path, {"values": values, "confirmed": True})
    assert status == 200, answer


async def test_a_narrower_rule_of_a_group_closes_at_once_and_no_secret_goes_out_first(office: Office) -> None:
    group = f"/settings/technician_group/{office.units['europe']['id']}"
    recording = {
        "recording.place": "https",
        "recording.url": "https://recordings.northwind.example/",
        "recording.user": "relay",
        "recording.password": SECRET,
    }
    async with console(office, "technician", THERE) as outside, console(office, "colleague", THERE) as colleague:
        await save(office, group, {"console_addresses.exceptions": ["198.51.100.0/24"], **recording})
        await is_turned_out(outside, SignOutReason.NETWORK)
        await still_hears(office, "colleague", colleague)


async def test_a_narrower_rule_for_all_closes_at_once(office: Office) -> None:
    async with console(office, "owner", THERE) as outside, console(office, "owner") as inside:
        await save(office, "/settings/organisation/0", {"addresses.exceptions": ["198.51.100.0/24"]})
        await is_turned_out(outside, SignOutReason.NETWORK)
        await still_hears(office, "owner", inside)


async def test_who_loses_the_licence_or_is_disabled_is_turned_out(office: Office) -> None:
    technician, colleague = (f"/units/technician/{office.units[who]['id']}" for who in ("technician", "colleague"))
    async with console(office, "technician") as end:
        assert (await office.call("PATCH", technician, {"version": 1, "values": {"standard": False}}))[0] == 200
        await is_turned_out(end, SignOutReason.NO_LICENCE)
    async with console(office, "colleague") as end:
        assert (await office.call("PATCH", colleague, {"version": 1, "values": {"status": "disabled"}}))[0] == 200
        await is_turned_out(end, SignOutReason.ENDED)


@pytest.mark.finding("load-1.13")
async def test_a_sign_in_that_has_ended_by_time_or_elsewhere_closes_with_the_next_check(office: Office) -> None:
    store = await open_store(office.relay.settings.database)
    over = datetime.now(UTC) - timedelta(seconds=1)
    async with (
        console(office, "technician") as expired,
        console(office, "owner") as reset,
        console(office, "colleague"),
    ):
        async with store.transaction() as transaction:
            mine = update(SignInRow).where(SignInRow.person_id == office.units["technician"]["id"])
            await transaction.execute(mine.values(expires_at=over))
        await reset_two_step(EMAIL, store, datetime.now(UTC))
        body = {"kind": "technician_group", "place": {"kind": "technicians"}, "values": {"name": "News"}}
        assert (await office.call("POST", "/units", body, "administrator"))[0] == 403
        who = {"email": EMAIL, "password": PASSWORD}
        _status, again = await office.relay.call("POST", "/sign-in", who)
        assert (await office.call("POST", "/units", body, again["token"]))[0] == 201
        await is_turned_out(expired, SignOutReason.ENDED)
        await is_turned_out(reset, SignOutReason.ENDED)
    await store.close()


async def test_a_changed_password_closes_the_other_consoles_and_leaves_this_one(office: Office) -> None:
    """F21: sockets end with the sign-ins that opened them."""
    who = {"email": EMAIL, "password": PASSWORD, "console": "elsewhere"}
    _status, other = await office.relay.call("POST", "/sign-in", who)
    office.tokens["elsewhere too"] = other["token"]
    async with console(office, "owner") as here, console(office, "elsewhere too") as there:
        change = {"current": PASSWORD, "new": "Roses in the snow 8"}
        assert (await office.call("PUT", "/me/password", change))[0] == 204
        await is_turned_out(there, SignOutReason.ENDED)
        await still_hears(office, "owner", here)


async def test_time_alone_brings_the_next_check() -> None:
    """F22: once a minute without any change; a check that fails does not stop the next one."""
    asked: list[datetime] = []

    async def why_not(_consoles: set[tuple[str, str]], _now: datetime) -> dict[tuple[str, str], SignOutReason]:
        return {}

    class Board(Hub):
        def consoles(self) -> list[Any]:
            asked.append(datetime.now(UTC))
            if len(asked) == 1:
                raise OSError("the database is away")
            return []

    rechecks = Rechecks(why_not, Board(), Tunnels(Metrics(), lambda: 0.0))
    checking = asyncio.ensure_future(rechecks.keep_checking(0.001))
    await eventually(lambda: len(asked) > 2)
    checking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await checking
