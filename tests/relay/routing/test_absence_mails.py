"""Technicians get an e-mail when a customer waits while none who could help is signed in; and no more than a few."""

import itertools
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st

from codec.wire.api_types import Method, NewCode, SessionState
from codec.wire.signals import Attention, Enter, Technicians
from relay.mail.texts import Mail, compose
from relay.routing.absence_mails import PAUSE, AbsenceMails, next_mail
from tests.relay.mail.test_mail import LANGUAGES, SENDER
from tests.relay.mail.test_mail import NOW as SENT_AT
from tests.support.channels import address_of, assign, choose, make_desk, sign_in, take_off, through
from tests.support.mail_server import MailServer, running_mail_server
from tests.support.relays import RunningRelay, running_relay
from tests.support.waiting import eventually

NOTIFY: dict[str, object] = {"availability.open_notify": True, "availability.closed_notify": True}


@pytest.fixture
def mails() -> Iterator[MailServer]:
    """A mail server."""
    with running_mail_server() as server:
        yield server


@pytest_asyncio.fixture
async def relay(tmp_path: Path, database_url: str, mails: MailServer) -> AsyncIterator[RunningRelay]:
    """A relay that sends its mails there."""
    settings = mails.settings | {"alerts_from": "alerts@help.example"}
    async with running_relay(tmp_path, database_url=database_url, **settings) as relay:
        yield relay


@pytest.mark.req("SESS-104", "SESS-105", "SESS-106")
async def test_all_who_serve_a_channel_hear_of_a_customer_while_none_is_signed_in(
    relay: RunningRelay, mails: MailServer
) -> None:
    group, _bob, _carla, dirk = await make_desk(relay, "Bob", "Carla", "Dirk")
    await assign(relay, 1, group)
    await take_off(relay, dirk, 1)
    await choose(relay, 1, NOTIFY)
    async with AsyncExitStack() as stack:
        async with relay.console("console-of-carla", await sign_in(relay, "Carla")) as console:
            await console.say(Attention(is_here=False))
            await console.hear_a(Technicians)
            await relay.enter(await stack.enter_async_context(relay.applet(through(1))))  # away, but signed in
        await relay.enter(await stack.enter_async_context(relay.applet(through(1))))
        await eventually(lambda: len(mails.mails) == 2, 20)
        assert sorted(mail["To"] for mail in mails.mails) == [address_of("Bob"), address_of("Carla")]
        mail = mails.mails[0]
        assert mail["From"] == "alerts@help.example"
        assert mail["Subject"] == "A customer is waiting for support"
        assert "since the last e-mail" not in mail.get_content(), "while Carla was signed in, no one was told"


@pytest.mark.req("SESS-115")
async def test_who_made_a_private_code_hears_that_its_customer_waits(relay: RunningRelay, mails: MailServer) -> None:
    group, *_people = await make_desk(relay, "Bob", "Carla")
    status, answer = await relay.call(
        "PATCH",
        f"/settings/technician_group/{group.id}",
        {"values": {"private_availability.private_notify": True}},
    )
    assert status == 200, answer
    token = await sign_in(relay, "Bob")
    _status, code = await relay.call("POST", "/codes", NewCode(method=Method.PIN), token)
    async with relay.applet(Enter(1, pin=code["pin"])) as applet:
        await relay.enter(applet)
        await eventually(lambda: len(mails.mails) == 1, 20)
    assert mails.mails[0]["To"] == address_of("Bob")
    assert "Channel" not in mails.mails[0].get_content()


@given(st.lists(st.integers(0, 7_200), max_size=60))
def test_one_person_gets_one_mail_in_ten_minutes_and_the_first_at_once(seconds: list[int]) -> None:
    start, last, due = datetime(2026, 12, 1, tzinfo=UTC), None, list[datetime]()
    for each in sorted(seconds):
        now = start + timedelta(seconds=each)
        last = next_mail(last, now)
        assert now <= last <= now + PAUSE
        if last not in due:
            due.append(last)
    assert all(after - before >= PAUSE for before, after in itertools.pairwise(due))


def test_what_came_meanwhile_is_counted() -> None:
    facts = {"channel": "Desk\r\nBcc: eve@evil.example", "at": SENT_AT.isoformat(), "count": 3}
    message = compose(Mail("bob@northwind.example", "nl", "waiting", facts), SENDER, LANGUAGES["nl"], "<1@x>", SENT_AT)
    assert "Klanten sinds de vorige e-mail: 3" in message.get_content()
    assert message["Auto-Submitted"] == "auto-generated"
    assert not any(line.startswith("Bcc") for line in message.get_content().splitlines())


async def test_a_session_that_began_to_wait_here_is_forgotten_wherever_it_ends() -> None:
    no: Any = None
    mails = AbsenceMails(no, no, no, no, dict)
    waits: Any = SimpleNamespace(id=7, state=SessionState.WAITING)
    mails.session_changed(waits, None)
    assert (mails._known, list(mails._noted)) == ({7}, [7])
    mails.over(7)
    assert (mails._known, mails._noted) == (set(), {})
